/** What a task sends: computed once, and the same with every attempt. */
import { encodeMessage } from "../../wire/message-writer.js";
import type { StepRecord, Task } from "../store/instance.js";
import { contextOf, scopeOf } from "./scope.js";
import type { Work } from "./task.js";
import { asJson, type TransitionBuilder } from "./transition-builder.js";

export type Content = Pick<Task, "payload" | "parameters" | "headers">;

/** What is sent; of a wait the key, of a sleep the time when it ends. */
export function contentOf(
  turn: TransitionBuilder,
  { step, side, action }: Work,
  record: StepRecord | undefined,
  id: string,
): Content {
  // What undoes a child is the child's own.
  if (side === "undo" && action.kind === "child") return { payload: record?.do?.payload ?? null };
  const scope = scopeOf(turn.saga, step, side === "undo" ? { reply: record?.reply } : undefined);
  const context = contextOf(turn.saga, turn.at, record);
  switch (action.kind) {
    case "wait":
      return { payload: String(action.key(scope, context)) };
    case "sleep":
      return { payload: action.until ? Number(action.until(scope, context)) : turn.at + (action.durationMs ?? 0) };
    case "run":
      return { payload: null };
    case "child":
      return { payload: asJson(action.with(scope, context)) };
    default: {
      const content = {
        payload: asJson(action.with(scope, context)),
        ...(action.parameters && { parameters: action.parameters(scope, context) }),
        ...(action.headers && { headers: action.headers(scope, context) }),
      };
      // Nobody answers to say that it is wrong, and once the step is done it is too late to find out.
      if (action.kind === "send") encodeMessage(action.operation, content.payload, { id, sentAt: turn.at, ...content });
      return content;
    }
  }
}
