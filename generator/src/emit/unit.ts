import { posix } from "node:path";
import type { Contract, NamedType, Origin } from "../contract/contract.js";
import { withoutLoops } from "./loops.js";
import { inline } from "./print/comment.js";
import { choice, type Doc, group, indent, join, line, print } from "./print/layout.js";
import { quote } from "./print/literal.js";
import { type TypeGraph, typeGraph } from "./references.js";

/** A generated folder: a service, or the types of a file that several documents share. */
export interface OutputModule {
  /** Relative to the output folder: `restaurant`, `shared/money`. */
  readonly path: string;
  /** First line of each of its files. */
  readonly header: string;
  readonly document: Origin;
  /** The types that this folder declares. */
  readonly types: readonly NamedType[];
  /** Of these types and of all that they refer to. */
  readonly graph: TypeGraph;
  /** The folder of a type that is declared elsewhere, as an import from here names it: `../shared/money`. */
  importPathOf(name: string): string | undefined;
}

/** The folder of a service. */
export function serviceUnit(contract: Contract): OutputModule {
  const { title, version, origin } = contract;
  const header = `// ${inline(`${title} ${version}`)}. Generated from ${inline(origin.file)} by sagaspec; do not edit.`;
  return unit(
    contract.service,
    header,
    origin,
    contract.types.map((type) => withMessage(type, contract)),
  );
}

// The payload that a message describes in place is that message to a reader.
function withMessage(type: NamedType, { messages }: Contract): NamedType {
  const owner = messages.find(
    ({ origin }) => origin.file === type.origin.file && `${origin.pointer}/payload` === type.origin.pointer,
  );
  if (!owner) return type;
  const description = type.description ?? owner.summary ?? owner.description;
  return { ...type, origin: owner.origin, ...(description !== undefined && { description }) };
}

/** A folder of these types, and of those in other folders that they refer to. */
export function unit(path: string, header: string, document: Origin, types: readonly NamedType[]): OutputModule {
  const all = withoutLoops(types);
  const own = (type: NamedType): boolean => (type.module ?? path) === path;
  const modules = new Map(all.filter((type) => !own(type)).map((type) => [type.name, type.module ?? path]));
  return {
    path,
    header,
    document,
    types: all.filter(own),
    graph: typeGraph(all),
    importPathOf: (name) => {
      const module = modules.get(name);
      return module === undefined ? undefined : posix.relative(path, module);
    },
  };
}

/** A file of these blocks, with an empty line between any two. */
export const file = (header: string, imports: readonly string[], blocks: readonly string[]): string =>
  `${[[header, ...imports].join("\n"), ...blocks].map((block) => block.trimEnd()).join("\n\n")}\n`;

/** An import of these names; nothing where there are none. */
export function importLine(names: Iterable<string>, from: string, typeOnly = false): readonly string[] {
  const sorted = [...new Set(names)].sort();
  if (sorted.length === 0) return [];
  const list: Doc = group(["{", indent([line, join([",", line], sorted)]), choice(","), line, "}"]);
  return [print([typeOnly ? "import type " : "import ", list, " from ", quote(from), ";"])];
}

/** Imports of types that other folders declare, grouped by folder. `local` names what is imported for a type. */
export function foreignImports(
  unit: OutputModule,
  names: Iterable<string>,
  file: string,
  local: (name: string) => readonly string[],
  typeOnly: boolean,
): readonly string[] {
  const folders = new Map<string, string[]>();
  for (const name of names) {
    const folder = unit.importPathOf(name);
    if (folder !== undefined) folders.set(folder, [...(folders.get(folder) ?? []), ...local(name)]);
  }
  return [...folders].sort().flatMap(([folder, locals]) => importLine(locals, `${folder}/${file}`, typeOnly));
}
