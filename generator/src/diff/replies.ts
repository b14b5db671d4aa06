import type { Operation, Reply } from "../contract/contract.js";
import { type Change, type Level, otherSide } from "./change.js";
import type { Pair, Versions } from "./versions.js";

/** What changes in the answer of an operation that keeps its direction. */
export function replyChanges({ old, now }: Pair<Operation>, versions: Versions): Change[] {
  const asked = otherSide(now.action === "receive" ? "received" : "sent");
  const pointer = now.origin.pointer;
  const subject = { pointer, symbol: now.id };
  if (!old.reply && !now.reply) return [];
  if (!old.reply) {
    const what = `Operation ${now.name} is answered now: it is a request, no longer a one-way message.`;
    return [{ level: "breaking", code: "reply-added", what, side: "both", ...subject }];
  }
  if (!now.reply) {
    const what = `Operation ${now.name} is no longer answered: those who wait for its reply wait in vain.`;
    return [{ level: "breaking", code: "reply-removed", what, side: "both", ...subject }];
  }
  const changes = answerChanges(old.reply, now.reply, now, versions);
  if (old.reply.address !== now.reply.address) {
    const place = (location: string | undefined): string => location ?? "the protocol's own place";
    const what = `The reply address of operation ${now.name} is read from ${place(now.reply.address)} now, it was from ${place(old.reply.address)}.`;
    // It is read from the protocol's own place as well, where the declared one is empty.
    const level: Level = now.reply.address === undefined ? "compatible" : "breaking";
    changes.push({ level, code: "reply-address-changed", what, side: asked, ...subject });
  }
  return changes;
}

/** Those who asked may meet what they do not know; those who answer may have to leave out what they know. */
function answerChanges(old: Reply, now: Reply, operation: Operation, versions: Versions): Change[] {
  const side = otherSide(operation.action === "receive" ? "sent" : "received");
  const before = outcomes(old, versions.messageKey);
  const after = outcomes(now, (key) => key);
  const names = new Map([...versions.old.messages, ...versions.now.messages].map((one) => [one.key, one.name]));
  const changes: Change[] = [];
  const report = (code: string, key: string, event: "appears" | "goes", what: string): void => {
    const breaks = (event === "appears") === (side === "receivers");
    const symbol = `${operation.id}.${names.get(key) ?? key}`;
    changes.push({
      level: breaks ? "breaking" : "compatible",
      code,
      what,
      pointer: operation.origin.pointer,
      symbol,
      side,
    });
  };
  for (const [key, outcome] of after) {
    const was = before.get(key);
    const name = names.get(key) ?? key;
    if (was === undefined) {
      report(
        `${outcome}-added`,
        key,
        "appears",
        `Operation ${operation.name} may be answered with the ${outcome} ${name} now.`,
      );
    } else if (was !== outcome) {
      const what = `The answer ${name} of operation ${operation.name} is a ${outcome} now, it was a ${was}.`;
      const { pointer } = operation.origin;
      changes.push({ level: "breaking", code: "answer-turned", what, pointer, symbol: operation.id, side: "both" });
    }
  }
  for (const [key, outcome] of before) {
    const name = names.get(key) ?? key;
    if (!after.has(key)) {
      report(
        `${outcome}-removed`,
        key,
        "goes",
        `Operation ${operation.name} is no longer answered with the ${outcome} ${name}.`,
      );
    }
  }
  if (old.success.length > 1 !== now.success.length > 1) {
    const what = `Operation ${operation.name} returns ${now.success.length > 1 ? "one of several named answers" : "its only answer"} now; callers and handlers are written differently.`;
    const { pointer } = operation.origin;
    changes.push({
      level: "breaking",
      code: "answer-shape-changed",
      what,
      pointer,
      symbol: operation.id,
      side: "both",
    });
  }
  return changes;
}

function outcomes(reply: Reply, keyOf: (key: string) => string): ReadonlyMap<string, "success" | "failure"> {
  return new Map([
    ...reply.success.map((key) => [keyOf(key), "success"] as const),
    ...reply.failure.map((key) => [keyOf(key), "failure"] as const),
  ]);
}
