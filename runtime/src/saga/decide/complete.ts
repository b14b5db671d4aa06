import type { Json } from "../../codegen.js";
import { stepAt } from "../define/nodes.js";
import { keptJson } from "../store/kept-json.js";
import { contextOf, failureFromError, scopeOf } from "./scope.js";
import { endRepeats, note, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** Marks a step as done and gives the reply to its `onReply`. Where that throws, the step counts as done and then failed. */
export function completeStep(transition: TransitionBuilder, path: string, reply: Json): void {
  const step = stepAt(transition.definition, path);
  endRepeats(transition, path);
  const open = { failure: undefined, parked: undefined, needsAttention: undefined };
  updateStep(transition, path, { status: "done", reply, ...open });
  if (step?.pivot && !transition.saga.retreat) transition.saga.pivot = path;
  if (step?.onReply) {
    try {
      const given = step.onReply(scopeOf(transition.saga, step, { reply }), contextOf(transition.saga, transition.at));
      const result = keptJson(given, `onReply of step '${step.name}'`);
      updateStep(transition, path, { result });
    } catch (error) {
      updateStep(transition, path, { failure: failureFromError(error) });
      return;
    }
  }
  if (step?.milestone !== undefined) note(transition, "milestone", { step: path, data: step.milestone });
}

/** Records a successful undo. If a success of the step arrived meanwhile, the step is undone once more. */
export function undone(transition: TransitionBuilder, path: string): void {
  const again = transition.saga.steps[path]?.again;
  updateStep(transition, path, { status: again ? "done" : "undone", again: undefined, failure: undefined });
}
