import type { Contract } from "../contract/contract.js";
import type { Change, Level } from "./change.js";
import { channelChanges } from "./channels.js";
import { messageChanges } from "./messages.js";
import { operationChanges } from "./operations.js";
import { serverChanges } from "./servers.js";
import { typeChanges } from "./type-names.js";
import { matchVersions } from "./versions.js";

/**
 * What changes between two versions of a contract for those who stay with the old one. What the service receives must
 * still be accepted, what it sends and replies must not surprise. Version, titles, descriptions and examples never count.
 * The worst comes first, then the order of the document.
 */
export function diffContracts(old: Contract, now: Contract): Change[] {
  const versions = matchVersions(old, now);
  const changes = [
    ...serverChanges(versions),
    ...channelChanges(versions),
    ...operationChanges(versions),
    ...messageChanges(versions),
    ...typeChanges(versions),
  ];
  const once = new Map(changes.map((one) => [`${one.code}\n${one.side}\n${one.pointer}\n${one.what}`, one]));
  return [...once.values()].sort((a, b) => severity[a.level] - severity[b.level]);
}

const severity: { readonly [level in Level]: number } = { breaking: 0, unknown: 1, compatible: 2 };
