/** Messages of event contracts, and the waits that they end. */
import type { StepNode } from "../define/definition.js";
import { groupAt, stepAt, stepsOf } from "../define/nodes.js";
import type { Event } from "../store/effects.js";
import type { KeptMessage } from "../store/instance.js";
import { abandonTask } from "./abandon.js";
import { completeStep } from "./complete.js";
import type { Ignored } from "./outcome.js";
import { contextOf, failureFromError, scopeOf } from "./scope.js";
import { closeTask } from "./task.js";
import { note, type TransitionBuilder, updateGroup, updateStep } from "./transition-builder.js";
import { correlationKeyOf, waitsOf } from "./waits.js";

type MessageEvent = Extract<Event, { type: "message" }>;

const maxKept = 100;
const maxTaken = 1_000;

/** Gives a message to the wait that is open for it, or keeps it for one to come. A saga takes a message once. */
export function applyMessage(transition: TransitionBuilder, event: MessageEvent): Ignored | undefined {
  const { saga, definition } = transition;
  if (saga.taken?.includes(event.id)) return "duplicate";
  // What was told before the saga began is about another one.
  if (event.storedAt < saga.startedAt || saga.retreat || saga.keys === undefined) return "stale";
  for (const path of Object.keys(saga.steps)) {
    if (saga.steps[path]?.status !== "open" || saga.keys[path] !== event.key) continue;
    const step = stepAt(definition, path);
    if (!step || !isFor(step, event)) continue;
    take(transition, event);
    deliver(transition, step, event);
    return undefined;
  }
  const next = waitsOf(definition).find(
    (step) => !saga.steps[step.path] && saga.keys?.[step.path] === event.key && isFor(step, event),
  );
  if (!next || next.action.outOfOrder === "ignore") return "stale";
  take(transition, event);
  keep(transition, event, next.path);
  if (next.action.outOfOrder === "skip-to" && canSkipTo(transition, next)) skipTo(transition, next);
  return undefined;
}

/** Gives a message to an open wait, which ends, unless the message is none that ends it. */
export function deliver(
  transition: TransitionBuilder,
  step: StepNode,
  message: Pick<KeptMessage, "id" | "payload">,
): void {
  const { path, action } = step;
  const task = transition.saga.steps[path]?.do;
  if (!task || action?.kind !== "wait") return;
  const about = { step: path, messageId: message.id, data: message.payload };
  try {
    const scope = scopeOf(transition.saga, step, { message: message.payload });
    if (action.until && !action.until(scope, contextOf(transition.saga, transition.at))) {
      note(transition, "message-passed", about);
      return;
    }
  } catch (error) {
    note(transition, "step-failed", { step: path, data: { effect: "none", failure: { ...failureFromError(error) } } });
    updateStep(transition, path, { status: "failed", failure: failureFromError(error) });
    return;
  }
  closeTask(transition, { step, side: "do", action }, task, task.attempt);
  note(transition, "step-succeeded", { ...about, attempt: task.attempt });
  completeStep(transition, path, message.payload);
}

/** Whether the message is one that the step waits for. Waits for the same operation may read different keys from it. */
function isFor({ action }: StepNode, { channel, key, payload }: MessageEvent): boolean {
  if (action?.kind !== "wait" || action.operation.id !== channel) return false;
  return correlationKeyOf(action, payload) === key;
}

/** The saga has had this message. */
export function take({ saga }: TransitionBuilder, { id }: MessageEvent): void {
  saga.taken = [...(saga.taken ?? []), id].slice(-maxTaken);
}

function keep(transition: TransitionBuilder, { id, channel, key, payload }: MessageEvent, path: string): void {
  transition.saga.kept = [...(transition.saga.kept ?? []), { id, channel, key, payload }].slice(-maxKept);
  note(transition, "message-kept", { step: path, messageId: id, data: payload });
}

/** A pivot is never skipped. */
function canSkipTo({ saga, definition }: TransitionBuilder, { path }: StepNode): boolean {
  for (const step of stepsOf(definition).values()) {
    if (step.path === path) return true;
    if (step.pivot && saga.pivot !== step.path) return false;
  }
  return false;
}

/** Skips everything before a step. An open command may have an effect: it is undone if the saga rolls back. */
function skipTo(transition: TransitionBuilder, { path: target }: StepNode): void {
  const { saga, definition } = transition;
  for (const [path] of stepsOf(definition)) {
    if (path === target) return;
    const record = saga.steps[path];
    if (record && record.status !== "open") continue;
    if (record) abandonTask(transition, path, "do");
    updateStep(transition, path, {
      status: saga.steps[path]?.status === "unknown" ? "done" : "skipped",
      failure: undefined,
    });
    note(transition, "step-skipped", { step: path });
    passOverGroups(transition, path);
  }
}

function passOverGroups(transition: TransitionBuilder, path: string): void {
  const names = path.split("/");
  for (let length = 1; length < names.length; length++) {
    const group = names.slice(0, length).join("/");
    if (groupAt(transition.definition, group))
      updateGroup(transition, group, { ...transition.saga.groups?.[group], status: "skipped" });
  }
}
