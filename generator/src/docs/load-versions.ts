import type { Settings } from "../config/settings.js";
import type { Contract } from "../contract/contract.js";
import { Cache, cacheFolder } from "../pipeline/cache.js";
import { readDocuments } from "../pipeline/read-documents-cached.js";
import type { DocsOptions } from "./options.js";
import type { Version } from "./site.js";

/** What changed from each older version of a document to the next, up to the present one. */
export async function loadVersions(
  older: NonNullable<DocsOptions["versions"]>,
  contracts: readonly Contract[],
  settings: Settings,
): Promise<ReadonlyMap<string, readonly Version[]>> {
  const versions = new Map<string, readonly Version[]>();
  for (const [service, paths] of Object.entries(older)) {
    const present = contracts.find((contract) => contract.service === service);
    if (present === undefined)
      throw new Error(`docs.versions names the service ${service}, which no document describes`);
    versions.set(service, await changesBetween([...(await readOld(service, paths, settings)), present]));
  }
  return versions;
}

/** Old documents may break rules that came later: only what hinders reading them is an error. */
async function readOld(service: string, paths: readonly string[], settings: Settings): Promise<readonly Contract[]> {
  const cache = new Cache(cacheFolder(settings.root));
  const contracts: Contract[] = [];
  for (const path of paths) {
    const request = { path, service, perspective: "application" as const };
    const [read] = await readDocuments([request], { ...settings, documents: [request], lenient: true }, cache);
    if (read?.contract === undefined) throw new Error(`${path} cannot be read; sagaspec validate ${path} tells why`);
    contracts.push(read.contract);
  }
  return contracts;
}

async function changesBetween(history: readonly Contract[]): Promise<readonly Version[]> {
  const { diffContracts } = await import("../diff/contracts.js");
  return history.slice(1).flatMap((to, index) => {
    const from = history[index];
    return from === undefined ? [] : [{ from: from.version, to: to.version, changes: diffContracts(from, to) }];
  });
}
