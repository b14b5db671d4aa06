/** Acts of operators on a saga. Each act is a line of the history that says who, what and why, refused or not. */
import type { Json, Message } from "../../codegen.js";
import { validatorFor } from "../../contract/schema.js";
import type { Failure } from "../../wire/failure.js";
import { stepAt } from "../define/nodes.js";
import type { Event } from "../store/effects.js";
import { parseMessageId } from "../store/ids.js";
import type { Rollback, StepRecord } from "../store/instance.js";
import { keptJson } from "../store/kept-json.js";
import { isFinished } from "../store/saga-store.js";
import { startStep } from "./advance.js";
import { completeStep } from "./complete.js";
import type { Ignored } from "./outcome.js";
import { raceLostBy } from "./race.js";
import { abandonTask, closeOpenTasks, hasten } from "./task.js";
import { note, type TransitionBuilder, updateStep } from "./transition-builder.js";
import { applyLost } from "./wake.js";

type Operate = Extract<Event, { type: "operate" }>;

/** Why an act changes nothing; undefined when it was carried out. */
type Refused = string | undefined;

const maxActs = 20;

/** Carries out the act, or records why it is refused. What follows from it is left to `proceed`. */
export function applyOperate(transition: TransitionBuilder, given: Operate): Ignored | undefined {
  const event = given.data === undefined ? given : { ...given, data: keptJson(given.data, "data of an act") };
  const { saga } = transition;
  const { id, action, step, data, by, why } = event;
  if (id !== undefined && saga.acts?.includes(id)) return "duplicate";
  const before = saga.seq;
  const refused = act(transition, event);
  if (id !== undefined && !refused) saga.acts = [...(saga.acts ?? []), id].slice(-maxActs);
  note(transition, "operated", {
    ...(step === undefined ? undefined : { step }),
    data: { action, by, why, ...(data === undefined ? undefined : { data }), ...(refused ? { refused } : undefined) },
  });
  // Nothing has changed: what was seen before the refusal is as good as what is seen after it.
  if (refused) saga.refusals = { from: saga.refusals?.to === before ? saga.refusals.from : before, to: saga.seq };
  return undefined;
}

/** Whether nothing but refused acts has been added to the history since that line. */
function isUpToDate({ saga }: TransitionBuilder, seq: number): boolean {
  const { refusals } = saga;
  return seq === saga.seq || (refusals?.to === saga.seq && seq >= refusals.from && seq < refusals.to);
}

function act(transition: TransitionBuilder, event: Operate): Refused {
  const { saga } = transition;
  if (event.expectedSeq !== undefined && !isUpToDate(transition, event.expectedSeq)) {
    return `the saga has moved on, from line ${event.expectedSeq} of its history to line ${saga.seq}`;
  }
  switch (event.action) {
    case "pause":
      if (isFinished(saga.status)) return `the saga is ${saga.status} already`;
      saga.paused = true;
      return undefined;
    case "resume":
      saga.paused = false;
      return undefined;
    case "cancel":
      return turnBack(transition, { failure: wanted(event), end: "cancelled" });
    case "compensate":
      return turnBack(transition, { failure: wanted(event), end: "compensated" });
    case "cancel-without-compensation":
      return turnBack(transition, { failure: wanted(event), end: "cancelled", leaveAsIs: true });
    case "retry":
      return event.step === undefined ? retryAll(transition) : retry(transition, event.step);
    case "skip":
      return misfitOf(transition, event.step, event.data) ?? skip(transition, event.step, event.data ?? null);
    case "mark-done":
      if (event.data !== undefined) return "a compensation gives no data; leave it out";
      return markDone(transition, event.step);
    case "patch":
      return patch(transition, event.data);
  }
}

function wanted({ action, by, why }: Operate): Failure {
  return { kind: "terminal", name: action, message: `${by}: ${why}` };
}

/** Asks for a rollback, which begins as soon as no pivot is open. Refused once the pivot has been passed. Idempotent. */
function turnBack(transition: TransitionBuilder, wish: Rollback): Refused {
  const { saga } = transition;
  if (saga.status === "completed") return "the saga is completed already";
  if (saga.pivot !== undefined) return `step '${saga.pivot}', the pivot, has been passed`;
  if (saga.status === "compensated" || saga.status === "cancelled") return undefined;
  getUnstuck(transition);
  if (!saga.retreat) saga.wish = wish;
  else if (wish.leaveAsIs) {
    closeOpenTasks(transition);
    saga.retreat = { ...saga.retreat, end: "cancelled", leaveAsIs: true };
  }
  return undefined;
}

/** Lets a stuck saga go on. Attempts whose answers are gone are asked once more: returns the paths of their steps. */
function getUnstuck(transition: TransitionBuilder): readonly string[] {
  const { saga, at } = transition;
  const { unanswered = [] } = saga;
  delete saga.stuck;
  delete saga.unanswered;
  return unanswered.flatMap((lost) => {
    if (applyLost(transition, { type: "lost", at, ...lost }) !== undefined) return [];
    return parseMessageId(lost.of)?.path ?? [];
  });
}

function retryAll(transition: TransitionBuilder): Refused {
  const { saga } = transition;
  const wasStuck = saga.stuck !== undefined;
  getUnstuck(transition);
  const refusals = [...Object.keys(saga.groups ?? {}), ...Object.keys(saga.steps)].map((path) =>
    retry(transition, path),
  );
  return wasStuck || refusals.includes(undefined) ? undefined : "nothing has failed";
}

/** Starts another round of a step that has failed for good, or the next attempt at once where a backoff is under way. */
function retry(transition: TransitionBuilder, path: string): Refused {
  const { saga, definition } = transition;
  if (saga.groups?.[path]?.failure) return restartGroup(transition, path);
  const record = saga.steps[path];
  const step = stepAt(definition, path);
  if (!record || !step) return `step '${path}' has not started`;
  if (saga.retreat?.leaveAsIs) return "the saga was ended with everything left as it is";
  if (getUnstuck(transition).includes(path)) return undefined;
  if (record.status === "undo-failed") {
    updateStep(transition, path, { status: record.reply === undefined ? "unknown" : "done", failure: undefined });
    return undefined;
  }
  if (hasten(transition, path, "undo")) return undefined;
  if (raceLostBy(transition, path)) return `another member has decided the group of step '${path}'`;
  if (hasten(transition, path, "do")) return undefined;
  if (saga.retreat || !hasFailed(record)) return `step '${path}' is ${record.status}`;
  if (record.status === "done") {
    completeStep(transition, path, record.reply ?? null);
    return undefined;
  }
  if (saga.paused) return "the saga is paused; resume it first";
  if (!step.action) return `step '${path}' does nothing`;
  updateStep(transition, path, { status: "open", failure: undefined, parked: undefined });
  startStep(transition, step);
  return undefined;
}

/** Forgets the record of a group whose own function threw: `proceed` calls the function again. */
function restartGroup({ saga }: TransitionBuilder, path: string): Refused {
  const { [path]: _, ...others } = saga.groups ?? {};
  saga.groups = others;
  return undefined;
}

/** Goes on as if a step that is open or has failed had given `data`. What it did may still have to be undone. */
function skip(transition: TransitionBuilder, path: string | undefined, data: Json): Refused {
  const { saga, definition } = transition;
  const record = path === undefined ? undefined : saga.steps[path];
  if (path === undefined || !record) return "there is no such step under way";
  if (saga.retreat || !(record.status === "open" || hasFailed(record))) return `step '${path}' is ${record.status}`;
  abandonTask(transition, path, "do");
  const given = saga.steps[path]?.status;
  const status = given === "failed" || given === "skipped" ? "skipped" : "done";
  updateStep(transition, path, { status, result: data, failure: undefined, parked: undefined });
  if (stepAt(definition, path)?.pivot) saga.pivot = path;
  return undefined;
}

/** Goes on as if a compensation that is open or has failed had succeeded. */
function markDone(transition: TransitionBuilder, path: string | undefined): Refused {
  const record = path === undefined ? undefined : transition.saga.steps[path];
  if (path === undefined || !record) return "there is no such step";
  if (record.status !== "undo-failed" && record.status !== "undoing") return `step '${path}' is ${record.status}`;
  abandonTask(transition, path, "undo");
  updateStep(transition, path, { status: "undone", again: undefined, failure: undefined });
  return undefined;
}

/** Replaces the input, and results of steps by path. */
function patch(transition: TransitionBuilder, data: Json | undefined): Refused {
  const { saga } = transition;
  if (typeof data !== "object" || data === null || Array.isArray(data)) return "data must be results by step";
  const { input, ...results } = data as { readonly [path: string]: Json };
  const unknown = Object.keys(results).find((path) => !hasResult(saga.steps[path]));
  if (unknown !== undefined) return `step '${unknown}' has given nothing yet`;
  for (const [path, result] of Object.entries(results)) {
    const misfit = misfitOf(transition, path, result);
    if (misfit !== undefined) return misfit;
  }
  if (input !== undefined) saga.input = input;
  for (const [path, result] of Object.entries(results)) {
    // Without an `onReply` the reply itself is what later steps and the compensation see: a shorter one takes less room.
    const isReply = saga.steps[path]?.result === undefined && saga.steps[path]?.reply !== undefined;
    updateStep(transition, path, isReply ? { reply: result } : { result });
  }
  return undefined;
}

/** What the data of an act breaks: it stands for the step's reply, unless the step's `onReply` makes something else of that. */
function misfitOf({ definition }: TransitionBuilder, path: string | undefined, data: Json | undefined): Refused {
  const step = path === undefined ? undefined : stepAt(definition, path);
  if (data === undefined || !step?.action || step.onReply) return undefined;
  const { action } = step;
  const messages =
    action.kind === "call" ? action.operation.reply.success : action.kind === "wait" ? [action.operation.message] : [];
  if (messages.length === 0) return undefined;
  const [only, ...others] = messages;
  if (only && others.length === 0) return misfit(path, only, data);
  const { name, payload = null } = (data ?? {}) as { readonly name?: string; readonly payload?: Json };
  const named = messages.find((message) => message.name === name);
  const names = messages.map((message) => message.name).join("', '");
  return named ? misfit(path, named, payload) : `data for step '${path}' needs name ('${names}') and payload`;
}

function misfit(path: string | undefined, message: Message<unknown, unknown>, data: Json): Refused {
  const { payload: schema } = message;
  if (schema === undefined) return undefined;
  const validator = validatorFor(schema);
  if (validator.check(data)) return undefined;
  const { pointer, value, reason } = validator.explain(data);
  return `data for step '${path}' is ${value}${pointer === "" ? "" : ` at ${pointer}`}, which ${reason}`;
}

function hasFailed({ status, failure }: StepRecord): boolean {
  return status === "failed" || status === "unknown" || (status === "done" && failure !== undefined);
}

function hasResult(record: StepRecord | undefined): boolean {
  return record?.status === "done" || record?.status === "skipped";
}
