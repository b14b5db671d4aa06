import { dirname, isAbsolute, relative, resolve } from "node:path";
import type { DiagnosticCode } from "../../contract/diagnostic-codes.js";
import { decodePart } from "../yaml/pointer.js";
import { fetchText, readText, remoteDeadline } from "./read-text.js";
import { parseSource, type Source } from "./source.js";

/** Why a file that is referred to is not there. */
export interface LoadFailure {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint: string;
}

export interface SourceFilesOptions {
  /** What the paths in diagnostics and origins are relative to. */
  readonly cwd: string;
  /** @default false */
  readonly allowRemote?: boolean;
}

/** Whether a location is an address on the web. */
export const isRemote = (location: string): boolean => /^https?:\/\//i.test(location);

/** Absolute path, or the URL that a document is named by. */
export const locationOf = (cwd: string, path: string): string =>
  isRemote(path) ? addressOf(path) : resolve(cwd, path);

/** As everybody spells it, if it is an address. */
const addressOf = (url: string): string => (URL.canParse(url) ? new URL(url).href : url);

/** Every file of a run, each read once. Loading is asynchronous; looking up, afterwards, is not. */
export class SourceFiles {
  readonly #files = new Map<string, Promise<Source | LoadFailure>>();
  readonly #loaded = new Map<string, Source | LoadFailure>();
  readonly #options: SourceFilesOptions;

  constructor(options: SourceFilesOptions) {
    this.#options = options;
  }

  /** Loads a file and everything it refers to, directly or not: the file itself comes first. */
  async load(path: string): Promise<readonly (Source | LoadFailure)[]> {
    const location = locationOf(this.#options.cwd, path);
    const until = remoteDeadline();
    const visited = new Set<string>([location]);
    const files = [await this.#read(location, until)];
    // The list grows while it is walked.
    for (const file of files) {
      if (!isSource(file)) continue;
      const targets = new Set<string>();
      for (const reference of file.survey.references) {
        const target = this.target(file, reference);
        if (typeof target === "string" && !visited.has(target)) targets.add(target);
      }
      for (const target of targets) visited.add(target);
      files.push(...(await Promise.all([...targets].map((target) => this.#read(target, until)))));
    }
    return files;
  }

  /** The loaded file that a reference in `from` points into. */
  find(from: Source, reference: string): Source | LoadFailure {
    const target = this.target(from, reference);
    if (typeof target !== "string") return target;
    if (target === from.location) return from;
    return (
      this.#loaded.get(target) ?? {
        code: "file-not-found",
        message: "this file was not loaded",
        hint: "Check the path.",
      }
    );
  }

  /** Absolute path or URL that the part of a reference before `#` means. */
  target(from: Source, reference: string): string | LoadFailure {
    const hash = reference.indexOf("#");
    const part = decodePart(hash < 0 ? reference : reference.slice(0, hash));
    if (part === "") return from.location;
    if (isRemote(part)) return addressOf(part);
    if (isRemote(from.location)) return new URL(part, from.location).href;
    if (/^[a-z][a-z0-9+.-]+:/i.test(part) || isAbsolute(part)) {
      return {
        code: "forbidden-reference",
        message: `'${part}' is no relative path`,
        hint: "Refer to files by relative paths.",
      };
    }
    return resolve(dirname(from.location), part);
  }

  #read(location: string, until: AbortSignal): Promise<Source | LoadFailure> {
    let file = this.#files.get(location);
    if (!file) {
      file = this.#parse(location, until).then((source) => {
        this.#loaded.set(location, source);
        return source;
      });
      this.#files.set(location, file);
    }
    return file;
  }

  async #parse(location: string, until: AbortSignal): Promise<Source | LoadFailure> {
    const remote = isRemote(location);
    if (remote && !this.#options.allowRemote) {
      const hint =
        "Say --allow-remote, or `allowRemote: true` in the configuration, or keep a copy beside the document.";
      return { code: "remote-reference", message: "nothing is fetched from other hosts", hint };
    }
    const result = remote ? await fetchText(location, until) : await readText(location);
    if (!("text" in result)) return result;
    const file = remote ? location : relative(this.#options.cwd, location).replaceAll("\\", "/");
    // What a redirected file refers to is relative to where it was found (RFC 3986, 5.1.3).
    const source = parseSource(result.text, file, result.url ?? location);
    // A .proto or .raml file is a text to whoever refers to it.
    const isText = source.diagnostics.length > 0 && !/\.(ya?ml|json|avsc)$/i.test(location);
    return isText ? { ...source, value: result.text, diagnostics: [] } : source;
  }
}

/** Tells a loaded file from the reason why there is none. */
export function isSource(value: Source | LoadFailure): value is Source {
  return "survey" in value;
}
