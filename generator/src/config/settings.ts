import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Config, DocumentOptions, Plugin, Role } from "./config.js";
import { importExtensionOf } from "./import-extension.js";

/** A configuration with everything decided: defaults filled in, globs expanded. */
export interface Settings {
  /** Absolute path of the folder that every path is relative to. */
  readonly root: string;
  readonly documents: readonly DocumentRequest[];
  /** Whether the documents are all there are, so that output of others is stale. */
  readonly complete: boolean;
  /** Relative to `root`, with `/`. */
  readonly out: string;
  readonly handlers: string | false;
  readonly importExtension: ".js" | ".ts" | "";
  readonly dateTime: "string" | "Date";
  readonly int64: "number" | "bigint";
  readonly allowRemote: boolean;
  readonly lenient: boolean;
  readonly plugins: readonly Plugin[];
  readonly control?: RunControl;
}

/** Whoever started the run: hears how far it is, and may end it. Once it is ended nothing is written any more. */
export interface RunControl {
  readonly signal: AbortSignal;
  /** Before each document: which one, counted from 1, and of how many. */
  progress?(document: string, number: number, total: number): void;
}

/** A document to generate from. */
export interface DocumentRequest {
  /** Relative to the root, with `/`; or a URL. */
  readonly path: string;
  /** The name that the configuration gives the service. */
  readonly service?: string;
  readonly perspective: "application" | "client";
  readonly role?: Role;
  readonly handlers?: string | false;
}

/** What the command line says over the configuration. */
export interface Overrides {
  readonly documents?: readonly string[];
  readonly out?: string;
  readonly handlers?: string | false;
  readonly role?: Role;
  readonly lenient?: boolean;
  readonly allowRemote?: boolean;
}

/** Fills in the defaults and finds the documents. `root` is the folder of the configuration, or the working directory. */
export async function resolveSettings(
  config: Partial<Config>,
  root: string,
  cwd: string,
  overrides: Overrides = {},
): Promise<Settings> {
  const given = overrides.documents ?? [];
  const fromRoot = (path: string): string => slashes(relative(root, resolve(cwd, path)));
  const configured = await expand(config.documents ?? [], root);
  const wanted =
    given.length > 0
      ? await expand(
          given.map((path) => (isUrl(path) ? path : fromRoot(path))),
          root,
        )
      : configured;
  const documents = wanted.map((document) => {
    // A document named on the command line keeps what the configuration says of it.
    const known = configured.find((one) => one.path === document.path) ?? document;
    return overrides.role ? { ...known, role: overrides.role } : known;
  });
  const { handlers = config.handlers ?? "handlers" } = overrides;
  return {
    root,
    documents,
    complete: given.length === 0,
    out: overrides.out === undefined ? (config.out ?? "generated") : fromRoot(overrides.out),
    handlers,
    importExtension: config.importExtension ?? (await importExtensionOf(root, handlers)),
    dateTime: config.dateTime ?? "string",
    int64: config.int64 ?? "number",
    allowRemote: overrides.allowRemote ?? config.allowRemote ?? false,
    lenient: overrides.lenient ?? config.lenient ?? false,
    plugins: config.plugins ?? [],
  };
}

type Documents = Config["documents"];

async function expand(documents: Documents, root: string): Promise<readonly DocumentRequest[]> {
  const named: readonly (readonly [string | undefined, string | DocumentOptions])[] = isList(documents)
    ? documents.map((document) => [undefined, document])
    : Object.entries(documents);
  const found = new Map<string, DocumentRequest>();
  for (const [service, document] of named) {
    const { path, ...options } = typeof document === "string" ? { path: document } : document;
    for (const one of await paths(path, root)) {
      found.set(one, { perspective: "application", ...options, path: one, ...(service !== undefined && { service }) });
    }
  }
  return [...found.values()];
}

const isList = (documents: Documents): documents is readonly (string | DocumentOptions)[] => Array.isArray(documents);

export const isUrl = (path: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(path);

async function paths(path: string, root: string): Promise<readonly string[]> {
  if (isUrl(path) || !/[*?[\]{}!]/.test(path) || existsSync(join(root, path)))
    return [slashes(path).replace(/^\.\//, "")];
  const { glob } = await import("tinyglobby");
  const found = await glob(path, { cwd: root, ignore: ["**/node_modules/**"], expandDirectories: false });
  return found.map(slashes).sort();
}

const slashes = (path: string): string => path.split(sep).join("/");
