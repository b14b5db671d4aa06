import type { Contract, NamedType } from "../contract/contract.js";
import { references } from "./references.js";
import { generatedHeader, type OutputModule, unit } from "./unit.js";

/** The folders of the files that documents share, each type once. */
export function sharedUnits(contracts: readonly Contract[]): readonly OutputModule[] {
  const modules = contracts.flatMap((one) => one.types.flatMap((type) => type.module ?? []));
  return [...new Set(modules)].sort().flatMap((module) => {
    const types = typesOf(module, contracts);
    const first = types.find((type) => type.module === module);
    if (!first) return [];
    const document = { file: first.origin.file, pointer: "#" };
    const header = generatedHeader(document.file, "shared types");
    return unit(module, header, document, types);
  });
}

// Names of shared types hold for all contracts, those of other types for their own contract alone: these are taken only
// as far as a shared type leads to them, and from the first contract in which it does.
function typesOf(module: string, contracts: readonly Contract[]): readonly NamedType[] {
  const taken = new Map<string, NamedType>();
  for (const { service, types } of contracts) {
    const byName = new Map(types.map((type) => [type.name, type]));
    const wanted = new Set<string>();
    const pending = types.filter((type) => type.module === module).map((type) => type.name);
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (wanted.has(name) || taken.has(name)) continue;
      wanted.add(name);
      pending.push(...references(byName.get(name)?.schema ?? true));
    }
    for (const type of types) {
      if (wanted.has(type.name)) taken.set(type.name, { ...type, module: type.module ?? service });
    }
  }
  return [...taken.values()];
}
