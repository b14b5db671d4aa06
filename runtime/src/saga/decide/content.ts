/** What a task sends: computed once a round, and the same for every attempt. */
import type { Json } from "../../codegen.js";
import { SagaspecError } from "../../core/errors.js";
import { encodeMessage } from "../../wire/message-writer.js";
import type { StepRecord, Task } from "../store/instance.js";
import { keptJson } from "../store/kept-json.js";
import { contextOf, scopeOf } from "./scope.js";
import type { Work } from "./task.js";
import type { TransitionBuilder } from "./transition-builder.js";

export type Content = Pick<Task, "payload" | "address" | "parameters" | "headers">;

/** The payload and addressing of a command; the key of a wait; the time when a sleep ends, in ms since 1970. */
export function contentOf(
  transition: TransitionBuilder,
  { step, side, action }: Work,
  record: StepRecord | undefined,
  id: string,
): Content {
  // The child compensates itself: it only needs the input that it had.
  if (side === "undo" && action.kind === "child") return { payload: record?.do?.payload ?? null };
  const scope = scopeOf(transition.saga, step, side === "undo" ? { reply: record?.reply } : undefined);
  const context = contextOf(transition.saga, transition.at, record);
  switch (action.kind) {
    case "wait":
      return { payload: String(action.key(scope, context)) };
    case "sleep":
      return {
        payload: action.until ? timeOf(action.until(scope, context)) : transition.at + (action.durationMs ?? 0),
      };
    case "run":
      return { payload: null };
    case "child":
      return { payload: keptJson(action.with(scope, context), `with of step '${step.name}'`) };
    default: {
      const content = {
        payload: keptJson(action.with(scope, context), `with of step '${step.name}'`),
        ...(action.address && { address: String(action.address(scope, context)) }),
        ...(action.parameters && {
          parameters: keptJson(action.parameters(scope, context), `parameters of step '${step.name}'`) as {
            readonly [name: string]: string;
          },
        }),
        ...(action.headers && {
          headers: keptJson(action.headers(scope, context), `headers of step '${step.name}'`) as {
            readonly [name: string]: Json;
          },
        }),
      };
      // No answer would report an invalid message, and the step is done at once: check it here.
      if (action.kind === "send")
        // Where the runner says where it goes, any address will do for that.
        encodeMessage(action.operation, content.payload, { id, sentAt: transition.at, address: "open", ...content });
      return content;
    }
  }
}

/** @throws SagaspecError `invalid-usage` for what is no time */
function timeOf(until: number | Date): number {
  const ms = Math.round(Number(until));
  if (Number.isNaN(new Date(ms).getTime())) {
    throw new SagaspecError("invalid-usage", `sleepUntil: ${String(until)} is no time; return a Date or ms since 1970`);
  }
  return ms;
}
