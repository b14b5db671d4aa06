/** What people may do to a saga. Each act is a line of its history that says who, what and why, refused or not. */
import type { Json } from "../../codegen.js";
import { stepsOf } from "../definition.js";
import type { Event, Failure } from "../effects.js";
import { isFinished } from "../store.js";
import { closeOpenTasks, startTask } from "./attempt.js";
import { completeStep } from "./outcome.js";
import { note, type Turn, updateStep } from "./turn.js";

type Operate = Extract<Event, { type: "operate" }>;

/** Acts, or says in the history why not. What follows from it is up to `proceed`. */
export function applyOperate(turn: Turn, event: Operate): void {
  const { action, step, data, by, why } = event;
  const refused = act(turn, event);
  note(turn, "operated", {
    ...(step === undefined ? undefined : { step }),
    data: { action, by, why, ...(data === undefined ? undefined : { data }), ...(refused ? { refused } : undefined) },
  });
}

/** Gives the reason when it is refused. */
function act(turn: Turn, event: Operate): string | undefined {
  const { saga } = turn;
  switch (event.action) {
    case "pause":
    case "resume":
      saga.paused = event.action === "pause";
      return undefined;
    case "cancel":
      return turnBack(turn, event, "cancelled");
    case "compensate":
      return turnBack(turn, event, "compensated");
    case "cancel-without-compensation":
      return abandon(turn, event);
    case "patch":
      return patch(turn, event.data);
    case "retry":
      return retry(turn, event.step);
    case "skip":
    case "mark-done":
      return passOver(turn, event);
  }
}

/** Turns back as soon as no pivot is open; once it is passed there is no way back. */
function turnBack(turn: Turn, event: Operate, end: "compensated" | "cancelled"): string | undefined {
  const { saga } = turn;
  if (isFinished(saga.status) || saga.retreat) return `the saga is ${saga.status} already`;
  if (saga.pivot !== undefined) return `step '${saga.pivot}', the pivot, has been passed`;
  saga.wish = { failure: wanted(event), end };
  return undefined;
}

function abandon(turn: Turn, event: Operate): string | undefined {
  const { saga } = turn;
  if (isFinished(saga.status)) return `the saga is ${saga.status} already`;
  closeOpenTasks(turn);
  saga.retreat = { failure: wanted(event), end: "cancelled", leaveAsIs: true };
  delete saga.stuck;
  return undefined;
}

function wanted({ action, by, why }: Operate): Failure {
  return { kind: "terminal", name: action, message: `${by}: ${why}` };
}

/** Another round of what has failed, for good as it seemed. */
function retry(turn: Turn, path: string | undefined): string | undefined {
  const { saga, definition } = turn;
  if (path === undefined && saga.stuck !== undefined) {
    delete saga.stuck;
    return undefined;
  }
  const record = path === undefined ? undefined : saga.steps[path];
  const step = path === undefined ? undefined : stepsOf(definition).get(path);
  if (path === undefined || !record || !step) return "there is no such step";
  if (record.status === "undo-failed") {
    updateStep(turn, path, { status: record.reply === undefined ? "unknown" : "done", failure: undefined });
  } else if (!saga.retreat && record.status === "done" && record.failure) {
    completeStep(turn, path, record.reply ?? null);
  } else if (!saga.retreat && step.action && (record.status === "failed" || record.status === "unknown")) {
    updateStep(turn, path, { status: "open", failure: undefined, parked: undefined });
    const failure = startTask(turn, { step, side: "do", action: step.action });
    if (failure) updateStep(turn, path, { status: "failed", failure });
    else if (step.action.kind === "send") updateStep(turn, path, { status: "done" });
  } else return `the step is ${record.status}`;
  return undefined;
}

/** Goes on as if a step had given `data`, or as if its compensation had succeeded. */
function passOver(turn: Turn, { action, step: path, data }: Operate): string | undefined {
  const record = path === undefined ? undefined : turn.saga.steps[path];
  if (path === undefined || !record) return "there is no such step";
  if (action === "mark-done") {
    if (record.status !== "undo-failed") return `the step is ${record.status}`;
    updateStep(turn, path, { status: "undone", failure: undefined });
    return undefined;
  }
  if (turn.saga.retreat || !record.failure) return `the step is ${record.status}`;
  const status = record.status === "failed" ? "skipped" : "done";
  updateStep(turn, path, { status, result: data ?? null, failure: undefined, parked: undefined });
  return undefined;
}

/** Replaces results of steps, by path. */
function patch(turn: Turn, data: Json | undefined): string | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return "data must be results by step";
  const results = Object.entries(data);
  const unknown = results.find(([path]) => !turn.saga.steps[path]);
  if (unknown) return `step '${unknown[0]}' has not started`;
  for (const [path, result] of results) updateStep(turn, path, { result });
  return undefined;
}
