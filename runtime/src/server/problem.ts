import { messageOf } from "../core/errors.js";

/** Something that went wrong on the answering end and that no caller may ever see. */
export interface Problem {
  /** `unavailable`: inbox or transport did not do their part; it is tried again. */
  readonly kind: "dead-letter" | "handler-error" | "lost-execution" | "unavailable";
  /** Id of the operation, where it is known. */
  readonly operation?: string;
  readonly messageId: string;
  readonly reason: string;
  readonly error?: unknown;
}

/** Tells `onProblem`, and never throws: whoever listens is not allowed to keep a message from being settled. */
export function reporter(onProblem: (problem: Problem) => void): (problem: Problem) => void {
  return (problem) => {
    try {
      onProblem(problem);
    } catch (error) {
      process.emitWarning(`onProblem threw: ${messageOf(error)}`, "SagaspecWarning");
    }
  };
}
