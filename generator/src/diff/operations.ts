import type { Operation } from "../contract/contract.js";
import { bindingChanges } from "./bindings.js";
import { type Change, otherSide, type Use } from "./change.js";
import { replyChanges } from "./replies.js";
import type { Pair, Versions } from "./versions.js";

/** What changes in the operations: which there are, which way they go, which messages they carry. */
export function operationChanges(versions: Versions): Change[] {
  const { pairs, added, gone } = versions.operations;
  return [
    ...gone.map((one) => existence(one, "removed")),
    ...added.map((one) => existence(one, "added")),
    ...pairs.flatMap((pair) => [
      ...identityChanges(pair),
      ...(pair.old.action === pair.now.action
        ? [...messageListChanges(pair, versions), ...replyChanges(pair, versions), ...behaviourChanges(pair)]
        : []),
      ...bindingChanges(`operation ${pair.now.name}`, pair.old, pair.now, otherSide(useOf(pair.now)), "unknown"),
    ]),
  ];
}

const useOf = ({ action }: Operation): Use => (action === "receive" ? "received" : "sent");

function existence(operation: Operation, event: "added" | "removed"): Change {
  return {
    level: event === "added" ? "compatible" : "breaking",
    code: `operation-${event}`,
    what: event === "added" ? `Operation ${operation.name} is new.` : `Operation ${operation.name} is gone.`,
    pointer: operation.origin.pointer,
    symbol: operation.id,
    side: otherSide(useOf(operation)),
  };
}

function identityChanges({ old, now }: Pair<Operation>): Change[] {
  const pointer = now.origin.pointer;
  const changes: Change[] = [];
  if (old.action !== now.action) {
    const what = `Operation ${now.name} is turned round: the service used to ${old.action}, it ${now.action}s now.`;
    changes.push({ level: "breaking", code: "action-changed", what, pointer, symbol: now.id, side: "both" });
  }
  if (old.name !== now.name) {
    const what = `Operation ${old.name} is called ${now.name} now: clients, handlers and stored sagas name it; nothing changes on the wire.`;
    changes.push({ level: "breaking", code: "operation-renamed", what, pointer, symbol: old.id, side: "both" });
  }
  if (!old.deprecated && now.deprecated) {
    const [what, side] = [`Operation ${now.name} is deprecated now.`, otherSide(useOf(now))];
    changes.push({ level: "compatible", code: "operation-deprecated", what, pointer, symbol: now.id, side });
  }
  return changes;
}

function messageListChanges({ old, now }: Pair<Operation>, versions: Versions): Change[] {
  const side = otherSide(useOf(now));
  const before = new Map(old.messages.map((one) => [versions.messageKey(one.key), one]));
  const after = new Map(now.messages.map((one) => [one.key, one]));
  const changes: Change[] = [];
  const report = (level: Change["level"], code: string, what: string, symbol: string): void => {
    changes.push({ level, code, what, pointer: now.origin.pointer, symbol, side });
  };
  for (const [key, { member }] of before) {
    const other = after.get(key);
    if (!other) {
      const level = side === "senders" ? "breaking" : "compatible";
      report(level, "message-removed", `Operation ${now.name} no longer carries ${member}.`, `${old.id}.${member}`);
    } else if (other.member !== member && before.size > 1 && after.size > 1) {
      const what = `Message ${member} of operation ${now.name} is called ${other.member} now; nothing changes on the wire.`;
      report("breaking", "message-renamed", what, `${old.id}.${member}`);
    }
  }
  for (const [key, { member }] of after) {
    const level = side === "receivers" ? "breaking" : "compatible";
    if (!before.has(key)) {
      report(level, "message-added", `Operation ${now.name} carries ${member} now.`, `${now.id}.${member}`);
    }
  }
  if ((before.size === 1) !== (after.size === 1)) {
    const what = `Operation ${now.name} has ${after.size === 1 ? "one message" : "a member for each of its messages"} now; callers and handlers are written differently.`;
    report("breaking", "operation-shape-changed", what, now.id);
  }
  return changes;
}

function behaviourChanges({ old, now }: Pair<Operation>): Change[] {
  const side = otherSide(useOf(now));
  const changes: Change[] = [];
  const report = (level: Change["level"], code: string, what: string): void => {
    changes.push({ level, code, what, pointer: now.origin.pointer, symbol: now.id, side });
  };
  if (old.timeoutMs !== now.timeoutMs) {
    const [was, is] = [old.timeoutMs ?? defaultTimeoutMs, now.timeoutMs ?? defaultTimeoutMs];
    if (is < was)
      report("unknown", "timeout-shortened", `Operation ${now.name} times out after ${is} ms instead of ${was} ms.`);
    if (is > was)
      report("compatible", "timeout-extended", `Operation ${now.name} times out after ${is} ms instead of ${was} ms.`);
  }
  if (old.compensatedBy !== now.compensatedBy) {
    const what = `Operation ${now.name} is undone by ${now.compensatedBy ?? "nothing"} now, it was undone by ${old.compensatedBy ?? "nothing"}.`;
    report(old.compensatedBy === undefined ? "compatible" : "breaking", "compensation-changed", what);
  }
  if (old.idempotencyKey !== now.idempotencyKey) {
    const key = (expression: string | undefined): string => expression ?? "the message id";
    const what = `Duplicates of operation ${now.name} are recognised by ${key(now.idempotencyKey)} now, they were by ${key(old.idempotencyKey)}.`;
    report("unknown", "idempotency-key-changed", what);
  }
  return changes;
}

const defaultTimeoutMs = 30_000;
