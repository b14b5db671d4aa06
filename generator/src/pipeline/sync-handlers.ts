import { join, posix } from "node:path";
import type { DocumentRequest, Settings } from "../config/settings.js";
import { functionsOf, newStubFile, type Stub } from "../emit/handlers/handler-stub.js";
import { type Cache, type DocumentRecord, hashOf } from "./cache.js";
import { readText, type Signatures, writeAtomically } from "./output.js";
import type { StubReview } from "./review-handlers.js";

/** How the handlers of a service stand to its contract. */
export interface HandlerReport {
  readonly service: string;
  /** Relative to the root. */
  readonly file: string;
  /** Whether the file is new. */
  readonly created: boolean;
  /** Operations that had no handler; with `dry`, that have none. */
  readonly added: readonly string[];
  /** Handlers of operations that have gone. */
  readonly gone: readonly string[];
  /** Operations with a written handler whose types are not those of the last output. */
  readonly changed: readonly string[];
  /** Stubs that nobody has filled in. */
  readonly unwritten: readonly string[];
  /** Whether an object or class of the handlers' type was found in the file. */
  readonly found: boolean;
}

/** What the handlers of these services are typed with. */
export function signaturesOf(records: readonly DocumentRecord[]): Signatures {
  return Object.fromEntries(
    records.flatMap(({ service, handlers }) => {
      const functions = functionsOf(handlers?.stubs ?? []);
      const signatures = functions.map(({ id, signature = "" }) => [id, signature] as const);
      return functions.length > 0 ? [[service, Object.fromEntries(signatures)] as const] : [];
    }),
  );
}

/**
 * Writes a file of stubs for each service that receives something, once; adds what is missing to a file that is there.
 * `before` are the signatures of the last output. With `dry` nothing is touched.
 */
export async function writeHandlers(
  records: readonly DocumentRecord[],
  before: Signatures,
  settings: Settings,
  cache: Cache,
  dry: boolean,
): Promise<readonly HandlerReport[]> {
  const reports: HandlerReport[] = [];
  for (const [index, { service, handlers }] of records.entries()) {
    const file = handlerFile(service, settings.documents[index], settings);
    if (!handlers || file === undefined) continue;
    const report = await writeFile(service, file, handlers.type, handlers.stubs, settings, cache, dry);
    reports.push({ ...report, changed: changed(report, handlers.stubs, before[service] ?? {}) });
  }
  return reports;
}

function handlerFile(service: string, document: DocumentRequest | undefined, settings: Settings): string | undefined {
  const own = document?.handlers;
  if (own === false || document?.role === "consumer") return undefined;
  if (own !== undefined) return own;
  return settings.handlers === false ? undefined : posix.join(settings.handlers, `${service}.ts`);
}

async function writeFile(
  service: string,
  file: string,
  type: string,
  stubs: readonly Stub[],
  settings: Settings,
  cache: Cache,
  dry: boolean,
): Promise<Omit<HandlerReport, "changed">> {
  const path = join(settings.root, file);
  const text = await readText(path);
  if (text === undefined) {
    const index = posix.relative(posix.dirname(file), `${settings.out}/${service}/index${settings.importExtension}`);
    const from = index.startsWith(".") ? index : `./${index}`;
    const ids = functionsOf(stubs).map((stub) => stub.id);
    if (!dry) {
      const created = newStubFile(type, from, stubs);
      await writeAtomically(path, created);
      const review: StubReview = { added: [], gone: [], unwritten: ids, found: true, text: created };
      await cache.remember(`handlers ${path}`, { hash: reviewHash(created, type, stubs), review });
    }
    return { service, file, created: true, added: ids, gone: [], unwritten: dry ? [] : ids, found: true };
  }
  const { text: extended, ...review } = await reviewed(path, text, type, stubs, cache);
  if (extended !== text && !dry) await writeAtomically(path, extended);
  const unwritten = dry ? review.unwritten : [...new Set([...review.unwritten, ...review.added])];
  return { service, file, created: false, ...review, unwritten };
}

function changed(
  { added, unwritten, found }: Omit<HandlerReport, "changed">,
  stubs: readonly Stub[],
  before: Signatures[string],
): readonly string[] {
  return functionsOf(stubs).flatMap(({ id, signature }) => {
    const isWritten = found && !added.includes(id) && !unwritten.includes(id);
    return isWritten && Object.hasOwn(before, id) && before[id] !== signature ? [id] : [];
  });
}

// A file that lacked nothing when it was last read needs no reading as long as it is the same.
async function reviewed(
  path: string,
  text: string,
  type: string,
  stubs: readonly Stub[],
  cache: Cache,
): Promise<StubReview> {
  const name = `handlers ${path}`;
  const hash = reviewHash(text, type, stubs);
  const known = await cache.remembered<{ hash: string; review: StubReview }>(name);
  if (known?.hash === hash) return known.review;
  const { reviewStubs } = await import("./review-handlers.js");
  const review = reviewStubs(path, text, type, stubs);
  if (review.added.length === 0) await cache.remember(name, { hash, review });
  return review;
}

const reviewHash = (text: string, type: string, stubs: readonly Stub[]): string =>
  hashOf(JSON.stringify([text, type, stubs], (key, value: unknown) => (key === "signature" ? undefined : value)));
