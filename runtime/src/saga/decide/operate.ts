/** What people may do to a saga. Each act is a line of its history that says who, what and why, refused or not. */
import type { Json } from "../../codegen.js";
import type { Failure } from "../../wire/failure.js";
import { stepAt } from "../define/nodes.js";
import type { Event } from "../store/effects.js";
import type { Rollback, StepRecord } from "../store/instance.js";
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

/** Acts, or says in the history why not. What follows from it is up to `proceed`. */
export function applyOperate(turn: TransitionBuilder, event: Operate): Ignored | undefined {
  const { saga } = turn;
  const { id, action, step, data, by, why } = event;
  if (id !== undefined && saga.acts?.includes(id)) return "duplicate";
  const refused = act(turn, event);
  if (id !== undefined && !refused) saga.acts = [...(saga.acts ?? []), id].slice(-maxActs);
  note(turn, "operated", {
    ...(step === undefined ? undefined : { step }),
    data: { action, by, why, ...(data === undefined ? undefined : { data }), ...(refused ? { refused } : undefined) },
  });
  return undefined;
}

function act(turn: TransitionBuilder, event: Operate): Refused {
  const { saga } = turn;
  if (event.expectedSeq !== undefined && event.expectedSeq !== saga.seq) {
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
      return turnBack(turn, { failure: wanted(event), end: "cancelled" });
    case "compensate":
      return turnBack(turn, { failure: wanted(event), end: "compensated" });
    case "cancel-without-compensation":
      return turnBack(turn, { failure: wanted(event), end: "cancelled", leaveAsIs: true });
    case "retry":
      return event.step === undefined ? retryAll(turn) : retry(turn, event.step);
    case "skip":
      return skip(turn, event.step, event.data ?? null);
    case "mark-done":
      return markDone(turn, event.step);
    case "patch":
      return patch(turn, event.data);
  }
}

function wanted({ action, by, why }: Operate): Failure {
  return { kind: "terminal", name: action, message: `${by}: ${why}` };
}

/** Turns back as soon as no pivot is open; once it is passed there is no way back. Wanting it twice is wanting it once. */
function turnBack(turn: TransitionBuilder, wish: Rollback): Refused {
  const { saga } = turn;
  if (saga.status === "completed") return "the saga is completed already";
  if (saga.pivot !== undefined) return `step '${saga.pivot}', the pivot, has been passed`;
  if (saga.status === "compensated" || saga.status === "cancelled") return undefined;
  delete saga.stuck;
  if (!saga.retreat) saga.wish = wish;
  else if (wish.leaveAsIs) {
    closeOpenTasks(turn);
    saga.retreat = { ...saga.retreat, end: "cancelled", leaveAsIs: true };
  }
  return undefined;
}

function retryAll(turn: TransitionBuilder): Refused {
  const { saga } = turn;
  const wasStuck = saga.stuck !== undefined;
  delete saga.stuck;
  const refusals = [...Object.keys(saga.groups ?? {}), ...Object.keys(saga.steps)].map((path) => retry(turn, path));
  return wasStuck || refusals.includes(undefined) ? undefined : "nothing has failed";
}

/** Another round of what has failed, for good as it seemed; or the next attempt now rather than later. */
function retry(turn: TransitionBuilder, path: string): Refused {
  const { saga, definition } = turn;
  if (saga.groups?.[path]?.failure) return restartGroup(turn, path);
  const record = saga.steps[path];
  const step = stepAt(definition, path);
  if (!record || !step) return `step '${path}' has not started`;
  if (saga.retreat?.leaveAsIs) return "the saga was ended with everything left as it is";
  delete saga.stuck;
  if (record.status === "undo-failed") {
    updateStep(turn, path, { status: record.reply === undefined ? "unknown" : "done", failure: undefined });
    return undefined;
  }
  if (hasten(turn, path, "undo")) return undefined;
  if (raceLostBy(turn, path)) return `another member has decided the group of step '${path}'`;
  if (hasten(turn, path, "do")) return undefined;
  if (saga.retreat || !hasFailed(record)) return `step '${path}' is ${record.status}`;
  if (record.status === "done") {
    completeStep(turn, path, record.reply ?? null);
    return undefined;
  }
  if (saga.paused) return "the saga is paused; resume it first";
  if (!step.action) return `step '${path}' does nothing`;
  updateStep(turn, path, { status: "open", failure: undefined, parked: undefined });
  startStep(turn, step);
  return undefined;
}

/** A group whose own function has thrown asks it again. */
function restartGroup({ saga }: TransitionBuilder, path: string): Refused {
  const { [path]: _, ...others } = saga.groups ?? {};
  saga.groups = others;
  return undefined;
}

/** Goes on as if a step that has failed, or is not heard of, had given `data`. What it did may still have to be undone. */
function skip(turn: TransitionBuilder, path: string | undefined, data: Json): Refused {
  const { saga, definition } = turn;
  const record = path === undefined ? undefined : saga.steps[path];
  if (path === undefined || !record) return "there is no such step under way";
  if (saga.retreat || !(record.status === "open" || hasFailed(record))) return `step '${path}' is ${record.status}`;
  abandonTask(turn, path, "do");
  const given = saga.steps[path]?.status;
  const status = given === "failed" || given === "skipped" ? "skipped" : "done";
  updateStep(turn, path, { status, result: data, failure: undefined, parked: undefined });
  if (stepAt(definition, path)?.pivot) saga.pivot = path;
  return undefined;
}

/** Goes on as if a compensation that has failed, or is not heard of, had succeeded. */
function markDone(turn: TransitionBuilder, path: string | undefined): Refused {
  const record = path === undefined ? undefined : turn.saga.steps[path];
  if (path === undefined || !record) return "there is no such step";
  if (record.status !== "undo-failed" && record.status !== "undoing") return `step '${path}' is ${record.status}`;
  abandonTask(turn, path, "undo");
  updateStep(turn, path, { status: "undone", again: undefined, failure: undefined });
  return undefined;
}

/** Replaces the input, and results of steps by path. */
function patch(turn: TransitionBuilder, data: Json | undefined): Refused {
  const { saga } = turn;
  if (typeof data !== "object" || data === null || Array.isArray(data)) return "data must be results by step";
  const { input, ...results } = data as { readonly [path: string]: Json };
  const unknown = Object.keys(results).find((path) => !hasResult(saga.steps[path]));
  if (unknown !== undefined) return `step '${unknown}' has given nothing yet`;
  if (input !== undefined) saga.input = input;
  for (const [path, result] of Object.entries(results)) updateStep(turn, path, { result });
  return undefined;
}

function hasFailed({ status, failure }: StepRecord): boolean {
  return status === "failed" || status === "unknown" || (status === "done" && failure !== undefined);
}

function hasResult(record: StepRecord | undefined): boolean {
  return record?.status === "done" || record?.status === "skipped";
}
