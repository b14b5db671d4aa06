import { messageOf } from "../../errors.js";
import type { Failure } from "../effects.js";

/** What a throwing function of the saga's author means: nothing was sent, and trying again would throw again. */
export function thrown(error: unknown): Failure {
  const name = error instanceof Error ? error.name : "Error";
  return { kind: "terminal", name, message: messageOf(error) };
}
