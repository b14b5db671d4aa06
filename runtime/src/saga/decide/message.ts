/** Messages of event contracts, and the waits that they end. */
import { createHash } from "node:crypto";
import type { Json } from "../../codegen.js";
import type { StepNode } from "../define/definition.js";
import { groupAt, stepAt, stepsOf } from "../define/nodes.js";
import type { Event } from "../store/effects.js";
import type { KeptMessage } from "../store/instance.js";
import { keptJson } from "../store/kept-json.js";
import { earlyMs } from "../store/saga-store.js";
import { completeStep } from "./complete.js";
import type { Ignored } from "./outcome.js";
import { contextOf, failureFromError, scopeOf } from "./scope.js";
import { abandonTask, closeTask } from "./task.js";
import { note, noteRepeated, type TransitionBuilder, updateGroup, updateStep } from "./transition-builder.js";
import { correlationKeyOf, isWait, type Wait } from "./waits.js";

type MessageEvent = Extract<Event, { type: "message" }>;

const maxKept = 100;
const maxTaken = 1_000;
const digestLength = 8;
const maxDigests = 50_000;

/**
 * Gives a message to the waits that are open for it, until one accepts it; else keeps it for a wait to come. One that an
 * open wait has passed over is as early for the next wait as one that no wait was open for. A saga takes a message once.
 */
export function applyMessage(transition: TransitionBuilder, given: MessageEvent): Ignored | undefined {
  const { saga, definition } = transition;
  if (hasTaken(saga, given.id)) return "duplicate";
  const event = { ...given, payload: keptJson(given.payload, `message ${given.id}`) };
  // Messages arrive in any order, those that cause the saga included: one that is a little older than it counts.
  if (event.storedAt < saga.startedAt - earlyMs || saga.retreat || saga.keys === undefined) return "stale";
  let isPassed = false;
  for (const path of Object.keys(saga.steps)) {
    const step = stepAt(definition, path);
    if (saga.steps[path]?.status !== "open" || !step || !isFor(step, saga.keys[path], event)) continue;
    isPassed = true;
    if (deliver(transition, step, event)) {
      take(transition, event);
      return undefined;
    }
  }
  const next = waitsToCome(transition, event).filter(
    (step) => step.action.outOfOrder !== "ignore" && (isPassed || isSubscribed(transition, step)),
  );
  const first = next.find((step) => accepts(transition, step, event.payload) !== false) ?? next[0];
  if (!first && !isPassed) return "stale";
  take(transition, event);
  if (!first) return undefined;
  keep(transition, event, first.path);
  const skips = first.action.outOfOrder === "skip-to" && accepts(transition, first, event.payload) !== false;
  if (skips && canSkipTo(transition, first)) skipTo(transition, first);
  return undefined;
}

/** The waits that have not started and may take the message: their key is the message's, or not known yet. */
export function waitsToCome(
  { saga, definition }: TransitionBuilder,
  message: Pick<KeptMessage, "channel" | "payload">,
): readonly Wait[] {
  return [...stepsOf(definition).values()].filter(isWait).filter((step) => {
    const { path } = step;
    if (saga.steps[path] || step.action.operation.id !== message.channel) return false;
    const group = path.includes("*") ? saga.groups?.[path.slice(0, path.indexOf("/*"))]?.status : undefined;
    const key = saga.keys?.[path];
    return group !== "done" && group !== "skipped" && (key === undefined || isFor(step, key, message));
  });
}

function isSubscribed({ saga }: TransitionBuilder, { path }: Wait): boolean {
  return saga.keys?.[path] !== undefined;
}

/** Whether the message ends the wait; undefined where that depends on what is not known yet. */
function accepts({ saga, at }: TransitionBuilder, step: Wait, payload: Json): boolean | undefined {
  if (!step.action.until) return true;
  try {
    return step.action.until(scopeOf(saga, step, { message: payload }), contextOf(saga, at));
  } catch {
    return undefined;
  }
}

/** Gives a message to an open wait. Returns false when the wait passes it over, and stays open. */
export function deliver(
  transition: TransitionBuilder,
  step: StepNode,
  message: Pick<KeptMessage, "id" | "payload">,
): boolean {
  const { path, action } = step;
  const task = transition.saga.steps[path]?.do;
  if (!task || action?.kind !== "wait") return false;
  const about = { step: path, messageId: message.id, data: message.payload };
  try {
    const scope = scopeOf(transition.saga, step, { message: message.payload });
    if (action.until && !action.until(scope, contextOf(transition.saga, transition.at))) {
      noteRepeated(transition, "message-passed", about);
      return false;
    }
  } catch (error) {
    note(transition, "step-failed", { step: path, data: { effect: "none", failure: { ...failureFromError(error) } } });
    updateStep(transition, path, { status: "failed", failure: failureFromError(error) });
    return true;
  }
  closeTask(transition, { step, side: "do", action }, task, task.attempt);
  note(transition, "step-succeeded", { ...about, attempt: task.attempt });
  completeStep(transition, path, message.payload);
  return true;
}

/** Whether the message is one that a wait of that key waits for. Waits for the same operation may read different keys from it. */
export function isFor(
  { action }: StepNode,
  key: string | undefined,
  { channel, payload }: Pick<KeptMessage, "channel" | "payload">,
): boolean {
  if (key === undefined || action?.kind !== "wait" || action.operation.id !== channel) return false;
  return correlationKeyOf(action, payload) === key;
}

/** The saga has had this message. */
export function take({ saga }: TransitionBuilder, { id }: MessageEvent): void {
  const taken = [...(saga.taken ?? []), id];
  saga.taken = taken.slice(-maxTaken);
  // Forgotten, they would be offered again, and again, for as long as the saga waits.
  const old = taken.slice(0, -maxTaken).map(digestOf).join("");
  if (old !== "") saga.takenBefore = `${saga.takenBefore ?? ""}${old}`.slice(-maxDigests * digestLength);
}

function hasTaken({ taken, takenBefore = "" }: TransitionBuilder["saga"], id: string): boolean {
  if (taken?.includes(id)) return true;
  if (takenBefore === "") return false;
  const digest = digestOf(id);
  for (let at = takenBefore.indexOf(digest); at >= 0; at = takenBefore.indexOf(digest, at + 1))
    if (at % digestLength === 0) return true;
  return false;
}

/** 48 bits: that two of 50,000 messages share them happens to one saga in 200,000. */
function digestOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url").slice(0, digestLength);
}

function keep(transition: TransitionBuilder, { id, channel, key, payload }: MessageEvent, path: string): void {
  transition.saga.kept = [...(transition.saga.kept ?? []), { id, channel, key, payload }].slice(-maxKept);
  noteRepeated(transition, "message-kept", { step: path, messageId: id, data: payload });
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
