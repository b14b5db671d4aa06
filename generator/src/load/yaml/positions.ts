import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Origin } from "../../contract/contract.js";
import { decodeText } from "../files/read-text.js";
import { type Position, YamlDocument } from "./yaml-document.js";

/** Looks up lines and columns of a contract's origins, each file parsed once. */
export class Positions {
  readonly #cwd: string;
  readonly #trees = new Map<string, YamlDocument | undefined>();

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** Undefined where the file is remote or has gone. */
  of(origin: Origin): Position | undefined {
    if (!this.#trees.has(origin.file)) this.#trees.set(origin.file, this.#read(origin.file));
    return this.#trees.get(origin.file)?.position(origin.pointer.slice(1));
  }

  #read(file: string): YamlDocument | undefined {
    try {
      return new YamlDocument(decodeText(readFileSync(resolve(this.#cwd, file))));
    } catch {
      return undefined;
    }
  }
}
