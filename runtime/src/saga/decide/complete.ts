import type { Json } from "../../codegen.js";
import { stepAt } from "../nodes.js";
import { contextOf, scopeOf } from "./scope.js";
import { thrown } from "./thrown.js";
import { asJson, note, type Turn, updateStep } from "./turn.js";

/** Marks a step as done and lets its `onReply` see the reply. A throwing one counts as done, then failed. */
export function completeStep(turn: Turn, path: string, reply: Json): void {
  const step = stepAt(turn.definition, path);
  const open = { failure: undefined, parked: undefined, needsAttention: undefined };
  updateStep(turn, path, { status: "done", reply, ...open });
  if (step?.pivot && !turn.saga.retreat) turn.saga.pivot = path;
  if (step?.onReply) {
    try {
      const result = asJson(step.onReply(scopeOf(turn.saga, step, { reply }), contextOf(turn.saga, turn.at)));
      updateStep(turn, path, { result });
    } catch (error) {
      updateStep(turn, path, { failure: thrown(error) });
      return;
    }
  }
  if (step?.milestone !== undefined) note(turn, "milestone", { step: path, data: step.milestone });
}

/** An undo has ended well. If a success came meanwhile, the step is to be undone once more. */
export function undone(turn: Turn, path: string): void {
  const again = turn.saga.steps[path]?.again;
  updateStep(turn, path, { status: again ? "done" : "undone", again: undefined, failure: undefined });
}
