import { join } from "node:path";
import { type DocumentRequest, isUrl, type Settings } from "../config/settings.js";
import type { Contract } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import { uniqueServices } from "../rules/unique-services.js";
import { Cache, cacheFolder, type DocumentRecord, hashOf, unchanged } from "./cache.js";
import { readManifest, type Written, writeOutput } from "./output.js";
import { printDocuments } from "./print.js";
import { type HandlerReport, signaturesOf, writeHandlers } from "./sync-handlers.js";
import { fingerprint } from "./version.js";

/** What a run did, or with `dry` would do. */
export interface Generation {
  readonly services: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when a document has errors: nothing was written then. */
  readonly written?: Written;
  readonly handlers: readonly HandlerReport[];
  /** Every file that the output depends on, relative to the root. */
  readonly inputs: readonly string[];
}

/** A document, as far as it is known: remembered while nothing has changed, else read. */
export interface Known {
  readonly request: DocumentRequest;
  /** Stands for the settings, the tool and how the document was asked for. */
  readonly key: string;
  readonly record?: DocumentRecord;
  readonly contract?: Contract;
  readonly inputs?: DocumentRecord["inputs"];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Brings the output and the handler stubs up to date. Documents whose files are as they were are neither parsed nor
 * printed again. Parser and printers are loaded only when there is something to do.
 */
export async function generate(settings: Settings, options: { readonly dry?: boolean } = {}): Promise<Generation> {
  const { dry = false } = options;
  const cache = new Cache(cacheFolder(settings.root));
  const documents = await currentDocuments(settings, cache);
  const diagnostics = [
    ...documents.flatMap((one) => one.record?.diagnostics ?? one.diagnostics),
    ...duplicateServices(documents),
  ];
  const inputs = documents.flatMap((one) => (one.record?.inputs ?? one.inputs ?? []).map((input) => input.file));
  if (diagnostics.some((one) => one.severity === "error")) return { services: [], diagnostics, handlers: [], inputs };

  const printed = await printDocuments(documents, settings, cache);
  const services = printed.records.map((record) => record.service);
  const current = new Set(printed.records.flatMap((record) => record.outputs.map((one) => one.file)));
  const isOurs = (path: string): boolean => settings.complete || services.some((one) => path.startsWith(`${one}/`));
  const keep = (path: string): boolean => current.has(path) || !isOurs(path);
  const out = join(settings.root, settings.out);
  const { signatures: before } = await readManifest(out);
  const others = Object.entries(before).filter(([service]) => !isOurs(`${service}/`));
  const signatures = { ...Object.fromEntries(others), ...signaturesOf(printed.records) };
  if (!dry) settings.control?.signal.throwIfAborted();
  const written = await writeOutput(out, printed.files, { keep, signatures, dry });
  const handlers = await writeHandlers(printed.records, before, settings, cache, dry);
  return { services, diagnostics: printed.diagnostics, written, handlers, inputs };
}

async function currentDocuments(settings: Settings, cache: Cache): Promise<readonly Known[]> {
  const recalled = await Promise.all(settings.documents.map((request) => recall(request, settings, cache)));
  if (recalled.every((one) => one.record)) return recalled;
  // Names of shared types are settled between the documents that share, so these are read together.
  const withOthers = recalled.map((one) => (one.record && shares(one.record) ? forget(one) : one));
  const documents = await readUnknown(withOthers, settings, cache);
  const newlyShared = documents.some((one) => one.contract?.types.some((type) => type.module !== undefined));
  const complete = documents.every((one) => one.contract);
  return newlyShared && !complete ? readUnknown(documents.map(forget), settings, cache) : documents;
}

const shares = (record: DocumentRecord): boolean => record.outputs.some((one) => one.file.startsWith("shared/"));

const forget = ({ request, key }: Known): Known => ({ request, key, diagnostics: [] });

async function recall(request: DocumentRequest, settings: Settings, cache: Cache): Promise<Known> {
  const { out, importExtension, dateTime, int64, allowRemote, lenient } = settings;
  const key = hashOf(
    JSON.stringify([fingerprint, request, out, importExtension, dateTime, int64, allowRemote, lenient]),
  );
  const record = await cache.record(request.path);
  const fresh = record?.key === key && !record.inputs.some((one) => isUrl(one.file));
  const same = fresh && (await unchanged(record.inputs, settings.root));
  return { request, key, diagnostics: [], ...(same && { record }) };
}

async function readUnknown(documents: readonly Known[], settings: Settings, cache: Cache): Promise<readonly Known[]> {
  const unknown = documents.filter((one) => !one.record && !one.contract);
  const { readDocuments } = await import("./read-documents-cached.js");
  const read = await readDocuments(
    unknown.map((one) => one.request),
    settings,
    cache,
  );
  return documents.map((one) => ({ ...one, ...read[unknown.indexOf(one)] }));
}

function duplicateServices(documents: readonly Known[]): readonly Diagnostic[] {
  const services = documents.flatMap(({ request, record, contract }) => {
    const service = record?.service ?? contract?.service;
    return service ? [{ service, origin: { file: request.path, pointer: "#/info/title" } }] : [];
  });
  return [...uniqueServices(services)].map(({ origin, ...found }) => ({ ...found, ...origin }));
}
