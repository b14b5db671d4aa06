import type { NamedType } from "../contract/contract.js";
import type { Source } from "../load/files/source.js";
import { derivedConstants } from "./derived-names.js";
import { folderName, isTakenType, typeName } from "./names.js";
import { settleNames } from "./settle-names.js";
import { claimOf, type Draft, rootOf } from "./type-draft.js";

type Constants = Pick<NamedType, "schemaName" | "definitionName">;

/**
 * The types of files that no document of the run is: generated once for all services, so their names are settled for all,
 * once every document has been read.
 */
export class SharedTypes {
  readonly #roots: ReadonlySet<string>;
  readonly #drafts = new Map<string, Draft>();
  #modules: ReadonlyMap<string, string> | undefined;
  #names: ReadonlyMap<string, string> | undefined;
  #constants: ReadonlyMap<string, Constants> | undefined;

  /** @param roots locations of the documents that were asked for */
  constructor(roots: Iterable<string>) {
    this.#roots = new Set(roots);
  }

  owns(draft: Draft): boolean {
    return !this.#roots.has(draft.node.source.location);
  }

  /** A type of one of the documents; before the first name is asked for. */
  add(draft: Draft): void {
    const known = this.#drafts.get(draft.node.id);
    // What a component is for one document is one for all.
    if (!known || (known.kind !== "component" && draft.kind === "component")) this.#drafts.set(draft.node.id, draft);
  }

  /** `shared/money` for `specs/common/money.yaml`; folders go in front where files are named alike. */
  moduleOf(source: Source): string {
    this.#modules ??= settleModules([...this.#drafts.values()].map((draft) => draft.node.source.location));
    return `shared/${this.#modules.get(source.location)}`;
  }

  nameOf(draft: Draft): string {
    this.#names ??= this.#settle();
    return this.#names.get(draft.node.id) ?? "";
  }

  constantsOf(draft: Draft): Constants {
    this.#names ??= this.#settle();
    this.#constants ??= derivedConstants(new Set(this.#names.values()));
    return this.#constants.get(this.nameOf(draft)) ?? {};
  }

  #settle(): ReadonlyMap<string, string> {
    const drafts = [...this.#drafts.values()];
    const names = new Map<string, string>();
    for (const isInline of [false, true]) {
      const some = drafts.filter((draft) => (draft.owner !== undefined) === isInline);
      const claims = some.map((draft) => {
        // Each document has drafts of its own: an owner that is shared is called as it is for all.
        const root = rootOf(draft);
        root.name = names.get(root.node.id) ?? typeName(fileStem(root.node.source.location));
        const module = this.moduleOf(draft.node.source).slice("shared/".length);
        const { rank, candidates } = claimOf(draft, module);
        const [first] = candidates;
        const reserved = first && isTakenType(first.name) ? [{ name: `Shared${first.name}` }] : [];
        const rest = candidates.slice(1).filter((one) => !one.onlyBehindStronger);
        const qualified = draft.kind === "message" && first ? [{ name: typeName(`${module} ${first.name}`) }] : [];
        return { rank, candidates: [...(first ? [first] : []), ...reserved, ...qualified, ...rest] };
      });
      const settled = new Set(names.values());
      const found = settleNames(claims, (name) => settled.has(name) || isTakenType(name));
      for (const [index, draft] of some.entries()) {
        names.set(draft.node.id, found[index] ?? "");
        draft.name = found[index] ?? "";
      }
    }
    return names;
  }
}

function settleModules(locations: readonly string[]): ReadonlyMap<string, string> {
  const files = [...new Set(locations)];
  // Where a project lies is none of its names.
  const [first = [], ...others] = files.map(foldersOf);
  const common = first.findIndex((folder, index) => others.some((one) => one[index] !== folder));
  const claims = files.map((location) => {
    const folders = foldersOf(location).slice(
      Math.min(common < 0 ? first.length : common, foldersOf(location).length - 1),
    );
    const short = folderName(fileStem(location));
    // The nearest folder that tells two files apart, else the whole path.
    const single = [...folders].reverse().map((folder) => folderName(`${folder} ${short}`));
    const paths = [...single, folderName([...folders, short].join(" "))];
    const names = [short, ...paths, "file"].filter((name) => name !== "");
    return { rank: 0, candidates: names.map((name) => ({ name })) };
  });
  const names = settleNames(claims, () => false);
  return new Map(files.map((location, index) => [location, names[index] ?? "file"]));
}

const foldersOf = (location: string): string[] => location.split(/[\\/]+/).slice(0, -1);

const fileStem = (location: string): string => (location.split(/[\\/]+/).pop() ?? "").replace(/\.[^.]*$/, "");
