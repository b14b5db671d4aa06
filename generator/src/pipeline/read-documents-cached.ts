import type { DocumentRequest, Settings } from "../config/settings.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import type { Cache } from "./cache.js";
import { type ReadDocument, readContracts } from "./read-contracts.js";
import { version } from "./version.js";

/** Most documents whose findings are remembered, and most findings of one of them: with more the rules are run again. */
const limits = { documents: 2_000, findings: 100 };

/**
 * Reads documents, in their order. The rules are run once for each content, since most of the time that reading takes is
 * theirs; what they found is remembered, so that every run says the same.
 */
export async function readDocuments(
  requests: readonly DocumentRequest[],
  settings: Settings,
  cache: Cache,
): Promise<readonly ReadDocument[]> {
  const name = `findings of rules ${version}`;
  const known = new Map((await cache.remembered<readonly [hash: string, found: readonly Diagnostic[]][]>(name)) ?? []);
  const { documents } = await readContracts(requests, {
    cwd: settings.root,
    allowRemote: settings.allowRemote,
    lenient: settings.lenient,
    ...(settings.control && { control: settings.control }),
    rulesFound: (hash) => known.get(hash),
    others: settings.documents.map((one) => one.path).filter((path) => !requests.some((one) => one.path === path)),
  });
  const fresh = documents.flatMap(({ hash, rulesFound }) =>
    rulesFound && rulesFound.length <= limits.findings && !known.has(hash) ? [[hash, rulesFound] as const] : [],
  );
  if (fresh.length > 0) await cache.remember(name, [...fresh, ...known].slice(0, limits.documents));
  return documents;
}
