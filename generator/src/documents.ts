import type { Cache } from "./cache.js";
import { type ReadDocument, readContracts } from "./read-contracts.js";
import type { DocumentRequest, Settings } from "./settings.js";
import { version } from "./version.js";

const rememberedRules = 2_000;

/**
 * Reads documents, in their order. The rules are run once for each content: most of the time that reading takes is theirs.
 */
export async function readDocuments(
  requests: readonly DocumentRequest[],
  settings: Settings,
  cache: Cache,
): Promise<readonly ReadDocument[]> {
  const name = `rules ${version}`;
  const passed = new Set((await cache.remembered<readonly string[]>(name)) ?? []);
  const { documents } = await readContracts(requests, {
    cwd: settings.root,
    allowRemote: settings.allowRemote,
    lenient: settings.lenient,
    rulesChecked: (hash) => passed.has(hash),
    others: settings.documents.map((one) => one.path).filter((path) => !requests.some((one) => one.path === path)),
  });
  const fresh = documents.filter((one) => one.rulesPassed && !passed.has(one.hash)).map((one) => one.hash);
  if (fresh.length > 0) await cache.remember(name, [...fresh, ...passed].slice(0, rememberedRules));
  return documents;
}
