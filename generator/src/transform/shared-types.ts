import type { Source } from "../load/files/source.js";
import { folderName, isTakenType, numbered } from "./names.js";
import type { Draft } from "./type-table.js";

/** The types of files that are no root document: generated once for all services, so their names are settled for all. */
export class SharedTypes {
  readonly #roots: ReadonlySet<string>;
  readonly #modules = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** @param roots locations of the documents that were asked for */
  constructor(roots: Iterable<string>) {
    this.#roots = new Set(roots);
  }

  owns(draft: Draft): boolean {
    return !this.#roots.has(draft.node.source.location);
  }

  /** `shared/money` for `specs/common/money.yaml`; the folder goes in front where two files are named alike. */
  moduleOf(source: Source): string {
    const known = this.#modules.get(source.location);
    if (known !== undefined) return known;
    const parts = source.location.split(/[\\/]+/);
    const stem = (parts.pop() ?? "").replace(/\.[^.]*$/, "");
    const used = new Set(this.#modules.values());
    const isFree = (name: string): boolean => !used.has(`shared/${name}`);
    const short = folderName(stem);
    const long = folderName(`${parts.pop() ?? ""} ${stem}`) || "file";
    const module = `shared/${short !== "" && isFree(short) ? short : numbered(long, isFree)}`;
    this.#modules.set(source.location, module);
    return module;
  }

  nameOf(draft: Draft, wanted: string): string {
    let name = this.#names.get(draft.node.id);
    if (name === undefined) {
      const isFree = (one: string): boolean => !this.#taken.has(one) && !isTakenType(one);
      name = numbered(isTakenType(wanted) ? `Shared${wanted}` : wanted, isFree);
      this.#names.set(draft.node.id, name);
      this.#taken.add(name);
    }
    return name;
  }
}
