/** What must be true of every transition, whatever comes later. */
import type { SagaDefinition } from "../../saga/define/definition.js";
import { stepAt } from "../../saga/define/nodes.js";
import type { Effect } from "../../saga/store/effects.js";
import { effectKey, parseMessageId } from "../../saga/store/ids.js";
import { type Instance, openSteps, type StepRecord } from "../../saga/store/instance.js";
import { type Commit, isFinished, type SagaRow } from "../../saga/store/saga-store.js";
import type { SimulationContext } from "./context.js";
import { fieldOf } from "./field.js";
import { lostRaceOf, openBefore } from "./progress-oracle.js";

/** Checks that a transition starts only what may start now, and that it does not end its saga too early. */
export function checkTransition(
  definition: SagaDefinition,
  { row, records, open }: Commit,
  before: SagaRow | undefined,
  reportViolation: SimulationContext["reportViolation"],
): void {
  const now = row.state as unknown as Instance;
  for (const path of isFinished(row.status) ? openSteps(now) : [])
    reportViolation(`${row.id}: it is ${row.status}, but its step '${path}' is ${now.steps[path]?.status}`);
  const then = before?.state as Instance | undefined;
  // One transition may apply several acts: the saga may have been resumed in it, and paused once more.
  const isResumed = records.some(({ kind, data }) => kind === "operated" && fieldOf(data, "action") === "resume");
  for (const effect of open) {
    const about = parseMessageId(effect.id);
    if (!about || !stepAt(definition, about.path) || isSame(then?.steps[about.path], effect)) continue;
    const key = effectKey(effect);
    if (before?.paused && row.paused && !isResumed) reportViolation(`${key}: it starts, although the saga is paused`);
    if (about.side === "undo") {
      if (now.pivot !== undefined && !lostRaceOf(now, definition, about.path))
        reportViolation(`${key}: it undoes a step, past the pivot`);
      continue;
    }
    // A function whose process has died is called again before it is known what there is to undo.
    if (then?.retreat && effect.type !== "run") reportViolation(`${key}: it starts, although the saga has turned back`);
    const early = openBefore(now, definition, about.path);
    if (early !== undefined && !then?.retreat) reportViolation(`${key}: it starts before '${early}' is over`);
  }
}

/** The same attempt once more, over a transport that had forgotten it. */
function isSame(record: StepRecord | undefined, { id, attempt }: Effect): boolean {
  return [record?.do, record?.undo].some((task) => task?.id === id && task.attempt === attempt);
}
