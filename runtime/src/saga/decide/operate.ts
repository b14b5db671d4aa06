/** Acts of operators on a saga. Each act is a line of the history that says who, what and why, refused or not. */
import type { Json } from "../../codegen.js";
import type { Failure } from "../../wire/failure.js";
import { stepAt } from "../define/nodes.js";
import type { Event } from "../store/effects.js";
import type { Rollback, StepRecord } from "../store/instance.js";
import { keptJson } from "../store/kept-json.js";
import { isFinished } from "../store/saga-store.js";
import { abandonTask, closeOpenTasks } from "./abandon.js";
import { completeStep } from "./complete.js";
import type { Ignored } from "./outcome.js";
import { raceLostBy } from "./race.js";
import { startStep } from "./start.js";
import { hasten } from "./task.js";
import { note, type TransitionBuilder, updateStep } from "./transition-builder.js";

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
  const refused = act(transition, event);
  if (id !== undefined && !refused) saga.acts = [...(saga.acts ?? []), id].slice(-maxActs);
  note(transition, "operated", {
    ...(step === undefined ? undefined : { step }),
    data: { action, by, why, ...(data === undefined ? undefined : { data }), ...(refused ? { refused } : undefined) },
  });
  return undefined;
}

function act(transition: TransitionBuilder, event: Operate): Refused {
  const { saga } = transition;
  if (event.expectedSeq !== undefined && event.expectedSeq !== saga.seq) {
    // The refusal is a line itself: with the number that it names, the same act is not refused again.
    return `the saga has moved on, from line ${event.expectedSeq} of its history to line ${saga.seq + 1}`;
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
      return skip(transition, event.step, event.data ?? null);
    case "mark-done":
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
  delete saga.stuck;
  if (!saga.retreat) saga.wish = wish;
  else if (wish.leaveAsIs) {
    closeOpenTasks(transition);
    saga.retreat = { ...saga.retreat, end: "cancelled", leaveAsIs: true };
  }
  return undefined;
}

function retryAll(transition: TransitionBuilder): Refused {
  const { saga } = transition;
  const wasStuck = saga.stuck !== undefined;
  delete saga.stuck;
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
  delete saga.stuck;
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
  if (input !== undefined) saga.input = input;
  for (const [path, result] of Object.entries(results)) updateStep(transition, path, { result });
  return undefined;
}

function hasFailed({ status, failure }: StepRecord): boolean {
  return status === "failed" || status === "unknown" || (status === "done" && failure !== undefined);
}

function hasResult(record: StepRecord | undefined): boolean {
  return record?.status === "done" || record?.status === "skipped";
}
