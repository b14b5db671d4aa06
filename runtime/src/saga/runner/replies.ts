import type { Incoming, Verdict } from "../../transport.js";
import { decodeReply } from "../../wire/wire.js";
import type { SagaDefinition } from "../definition.js";
import type { Event } from "../effects.js";
import { type MessageId, parseEffectKey, parseMessageId } from "../ids.js";
import { stepAt } from "../nodes.js";
import type { Item, Settled } from "./slot.js";

/** A reply as an item of the saga that its correlation id names; undefined when it names none. */
export function replyItem(
  incoming: Incoming,
  now: () => number,
): { readonly id: string; readonly item: Item } | undefined {
  const key = incoming.correlationId === undefined ? undefined : parseEffectKey(incoming.correlationId);
  const about = key && parseMessageId(key.id);
  if (!key || !about) return undefined;
  let outcome: ReturnType<typeof decodeReply> | undefined;
  const item: Item = {
    careful: true,
    event(definition): Event {
      outcome ??= read(definition, about, incoming);
      return { type: "outcome", at: now(), of: key.id, attempt: key.attempt, messageId: incoming.id, ...outcome };
    },
    settled: (how) => incoming.settle(verdictOf(how)),
  };
  return { id: about.instance, item };
}

function read(
  definition: SagaDefinition,
  { path, side }: MessageId,
  incoming: Incoming,
): ReturnType<typeof decodeReply> {
  const step = stepAt(definition, path);
  const action = side === "do" ? step?.action : step?.compensate;
  if (action?.kind === "call") return decodeReply(action.operation, incoming);
  return { failure: { kind: "invalid-reply", name: "unexpected", message: `step '${path}' asks for no reply` } };
}

function verdictOf(how: Settled): Verdict {
  if (how instanceof Error) return { dead: how.message };
  switch (how) {
    case "applied":
    case "duplicate":
    case "stale":
      return "ack";
    case "unknown":
    case "unknown-saga":
      return { dead: "unknown-saga" };
    case "unowned":
      return { retryIn: 5_000 };
    case "conflict":
    case "abandoned":
      return { retryIn: 0 };
  }
}
