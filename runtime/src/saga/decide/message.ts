/** Messages of event contracts, and the waits that they end. */
import type { StepNode } from "../define/definition.js";
import { groupAt, stepAt, stepsOf } from "../define/nodes.js";
import type { Event } from "../store/effects.js";
import type { KeptMessage } from "../store/instance.js";
import { abandonTask } from "./abandon.js";
import { completeStep } from "./complete.js";
import { failureFromError } from "./failure-from-error.js";
import type { Ignored } from "./outcome.js";
import { contextOf, scopeOf } from "./scope.js";
import { closeTask } from "./task.js";
import { note, type TransitionBuilder, updateGroup, updateStep } from "./transition-builder.js";
import { keyOf, waitsOf } from "./waits.js";

type MessageEvent = Extract<Event, { type: "message" }>;

const maxKept = 100;
const maxTaken = 1_000;

/** Gives a message to the wait that is open for it, or keeps it for one to come. A saga takes a message once. */
export function applyMessage(turn: TransitionBuilder, event: MessageEvent): Ignored | undefined {
  const { saga, definition } = turn;
  if (saga.taken?.includes(event.id)) return "duplicate";
  // What was told before the saga began is about another one.
  if (event.storedAt < saga.startedAt || saga.retreat || saga.keys === undefined) return "stale";
  for (const path of Object.keys(saga.steps)) {
    if (saga.steps[path]?.status !== "open" || saga.keys[path] !== event.key) continue;
    const step = stepAt(definition, path);
    if (!step || !isFor(step, event)) continue;
    take(turn, event);
    deliver(turn, step, event);
    return undefined;
  }
  const next = waitsOf(definition).find(
    (step) => !saga.steps[step.path] && saga.keys?.[step.path] === event.key && isFor(step, event),
  );
  if (!next || next.action.outOfOrder === "ignore") return "stale";
  take(turn, event);
  keep(turn, event, next.path);
  if (next.action.outOfOrder === "skip-to" && canSkipTo(turn, next)) skipTo(turn, next);
  return undefined;
}

/** Gives a message to an open wait, which ends, unless the message is none that ends it. */
export function deliver(turn: TransitionBuilder, step: StepNode, message: Pick<KeptMessage, "id" | "payload">): void {
  const { path, action } = step;
  const task = turn.saga.steps[path]?.do;
  if (!task || action?.kind !== "wait") return;
  const about = { step: path, messageId: message.id, data: message.payload };
  try {
    const scope = scopeOf(turn.saga, step, { message: message.payload });
    if (action.until && !action.until(scope, contextOf(turn.saga, turn.at))) {
      note(turn, "message-passed", about);
      return;
    }
  } catch (error) {
    note(turn, "step-failed", { step: path, data: { effect: "none", failure: { ...failureFromError(error) } } });
    updateStep(turn, path, { status: "failed", failure: failureFromError(error) });
    return;
  }
  closeTask(turn, { step, side: "do", action }, task, task.attempt);
  note(turn, "step-succeeded", { ...about, attempt: task.attempt });
  completeStep(turn, path, message.payload);
}

/** Several waits may ask for the same operation by different keys: each reads its own from the message. */
function isFor({ action }: StepNode, { channel, key, payload }: MessageEvent): boolean {
  if (action?.kind !== "wait" || action.operation.id !== channel) return false;
  return keyOf(action, payload) === key;
}

/** The saga has had this message. */
export function take({ saga }: TransitionBuilder, { id }: MessageEvent): void {
  saga.taken = [...(saga.taken ?? []), id].slice(-maxTaken);
}

function keep(turn: TransitionBuilder, { id, channel, key, payload }: MessageEvent, path: string): void {
  turn.saga.kept = [...(turn.saga.kept ?? []), { id, channel, key, payload }].slice(-maxKept);
  note(turn, "message-kept", { step: path, messageId: id, data: payload });
}

/** A pivot is never passed over. */
function canSkipTo({ saga, definition }: TransitionBuilder, { path }: StepNode): boolean {
  for (const step of stepsOf(definition).values()) {
    if (step.path === path) return true;
    if (step.pivot && saga.pivot !== step.path) return false;
  }
  return false;
}

/** Passes over everything before a step. What is out may have an effect: it is undone should the saga turn back. */
function skipTo(turn: TransitionBuilder, { path: target }: StepNode): void {
  const { saga, definition } = turn;
  for (const [path] of stepsOf(definition)) {
    if (path === target) return;
    const record = saga.steps[path];
    if (record && record.status !== "open") continue;
    if (record) abandonTask(turn, path, "do");
    updateStep(turn, path, { status: saga.steps[path]?.status === "unknown" ? "done" : "skipped", failure: undefined });
    note(turn, "step-skipped", { step: path });
    passOverGroups(turn, path);
  }
}

function passOverGroups(turn: TransitionBuilder, path: string): void {
  const names = path.split("/");
  for (let length = 1; length < names.length; length++) {
    const group = names.slice(0, length).join("/");
    if (groupAt(turn.definition, group)) updateGroup(turn, group, { ...turn.saga.groups?.[group], status: "skipped" });
  }
}
