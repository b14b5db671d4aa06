import type { Json } from "../../codegen.js";
import { stepAt } from "../define/nodes.js";
import { failureFromError } from "./failure-from-error.js";
import { contextOf, scopeOf } from "./scope.js";
import { asJson, note, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** Marks a step as done and lets its `onReply` see the reply. A throwing one counts as done, then failed. */
export function completeStep(turn: TransitionBuilder, path: string, reply: Json): void {
  const step = stepAt(turn.definition, path);
  const open = { failure: undefined, parked: undefined, needsAttention: undefined };
  updateStep(turn, path, { status: "done", reply, ...open });
  if (step?.pivot && !turn.saga.retreat) turn.saga.pivot = path;
  if (step?.onReply) {
    try {
      const result = asJson(step.onReply(scopeOf(turn.saga, step, { reply }), contextOf(turn.saga, turn.at)));
      updateStep(turn, path, { result });
    } catch (error) {
      updateStep(turn, path, { failure: failureFromError(error) });
      return;
    }
  }
  if (step?.milestone !== undefined) note(turn, "milestone", { step: path, data: step.milestone });
}

/** An undo has ended well. If a success came meanwhile, the step is to be undone once more. */
export function undone(turn: TransitionBuilder, path: string): void {
  const again = turn.saga.steps[path]?.again;
  updateStep(turn, path, { status: again ? "done" : "undone", again: undefined, failure: undefined });
}
