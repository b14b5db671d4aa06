import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Contract } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import type { Stub } from "../emit/handlers/handler-stub.js";
import { readText, writeAtomically } from "./output.js";

/** A file and the SHA-256 of its content. */
export interface Fingerprint {
  readonly file: string;
  readonly hash: string;
}

/** What is remembered of a document between two runs. */
export interface DocumentRecord {
  /** Stands for the settings, the tool and how the document was asked for. */
  readonly key: string;
  /** The document and every file it refers to, relative to the root. */
  readonly inputs: readonly Fingerprint[];
  /** What was printed from it, relative to the output folder. */
  readonly outputs: readonly Fingerprint[];
  /** Warnings, which an unchanged document still deserves. */
  readonly diagnostics: readonly Diagnostic[];
  readonly service: string;
  /** The handlers that its service has to offer. */
  readonly handlers?: { readonly type: string; readonly stubs: readonly Stub[] };
}

/**
 * Remembers by content, never by time. Whatever is missing, damaged or of another version counts as not there.
 * Records are small and read at every run; contracts only when something is printed.
 */
export class Cache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  record(document: string): Promise<DocumentRecord | undefined> {
    return this.#read(this.#path(document, "record"));
  }

  contract(document: string): Promise<Contract | undefined> {
    return this.#read(this.#path(document, "contract"));
  }

  async save(document: string, record: DocumentRecord, contract?: Contract): Promise<void> {
    if (contract) await writeAtomically(this.#path(document, "contract"), JSON.stringify(contract));
    await writeAtomically(this.#path(document, "record"), JSON.stringify(record));
  }

  /** Anything else, by name. */
  remembered<Value>(name: string): Promise<Value | undefined> {
    return this.#read(this.#path(name, "value"));
  }

  async remember(name: string, value: unknown): Promise<void> {
    await writeAtomically(this.#path(name, "value"), JSON.stringify(value));
  }

  #path(name: string, kind: string): string {
    return join(this.#folder, `${hashOf(name).slice(0, 24)}.${kind}.json`);
  }

  async #read<Value>(path: string): Promise<Value | undefined> {
    try {
      const text = await readText(path);
      return text === undefined ? undefined : (JSON.parse(text) as Value);
    } catch {
      return undefined;
    }
  }
}

/** SHA-256, hexadecimal. */
export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Whether all files are as they were. */
export async function unchanged(files: readonly Fingerprint[], root: string): Promise<boolean> {
  const same = await Promise.all(
    files.map(async ({ file, hash }) => {
      const text = await readText(join(root, file));
      return text !== undefined && hashOf(text) === hash;
    }),
  );
  return same.every(Boolean);
}

/** `.cache/sagaspec` in the nearest `node_modules` from the root upwards; `.sagaspec` in the root where there is none. */
export function cacheFolder(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "node_modules"))) return join(folder, "node_modules", ".cache", "sagaspec");
    if (folder === dirname(folder)) return join(root, ".sagaspec");
  }
}
