import type { JsonNode } from "../load/yaml/json-node.js";

/** What has moved into the bundle, and where it stands there. */
export class Relocations {
  /** Pointer in the bundle, by file and pointer of what has moved there. */
  readonly #pointers = new Map<string, string>();

  has({ id }: JsonNode): boolean {
    return this.#pointers.has(id);
  }

  set({ id }: JsonNode, pointer: string): void {
    this.#pointers.set(id, pointer);
  }

  /** The place of something that has moved, alone or as a part of something larger. */
  placeOf({ source, pointer }: JsonNode): string | undefined {
    for (let end = pointer.length; end > 0; end = pointer.lastIndexOf("/", end - 1)) {
      const whole = this.#pointers.get(`${source.location}#${pointer.slice(0, end)}`);
      if (whole !== undefined) return whole + pointer.slice(end);
    }
    const file = this.#pointers.get(`${source.location}#`);
    return file === undefined ? undefined : file + pointer;
  }
}
