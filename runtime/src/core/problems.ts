import { inspect } from "node:util";
import { messageOf, SagaspecError } from "./errors.js";

/**
 * What went wrong.
 * - `dead-letter`: a message was set aside with a reason.
 * - `handler-error`: a handler threw.
 * - `callback-error`: another function of the program threw, `observe` or `onLateReply` for example.
 * - `lost-execution`: a handler's lease had lapsed; another execution of the message counts.
 * - `unavailable`: a database or a broker did not answer; the work is tried again.
 * - `unsendable`: a message cannot be sent as it is, and is given up.
 * - `connection`: a connection or channel of a broker was lost, or cannot be restored yet.
 * - `saga-error`: a saga cannot go on, or something around it failed.
 * - `clock-skew`: clocks of two machines differ by more than two seconds.
 * - `volatile-inbox`: a step of a saga is executed, and only this process remembers that it was.
 */
export type ProblemKind =
  | "dead-letter"
  | "handler-error"
  | "callback-error"
  | "lost-execution"
  | "unavailable"
  | "unsendable"
  | "connection"
  | "saga-error"
  | "clock-skew"
  | "volatile-inbox";

const levels: { readonly [K in ProblemKind]: "error" | "warn" } = {
  "dead-letter": "error",
  "handler-error": "error",
  "callback-error": "error",
  "lost-execution": "warn",
  unavailable: "error",
  unsendable: "error",
  connection: "warn",
  "saga-error": "error",
  "clock-skew": "warn",
  "volatile-inbox": "warn",
};

/** Where something went wrong. */
export interface ProblemLocation {
  readonly service?: string;
  /** Id of the operation. */
  readonly operation?: string;
  /** Id of the saga. */
  readonly saga?: string;
  readonly messageId?: string;
}

/** Something that went wrong and that no caller gets as an error. */
export interface Problem extends ProblemLocation {
  readonly kind: ProblemKind;
  /** One sentence. */
  readonly reason: string;
  /** What was thrown, where something was. */
  readonly error?: unknown;
}

/** A logger in the form of pino's; `console` is one too. */
export interface Logger {
  error(details: object, message: string): void;
  warn(details: object, message: string): void;
  info(details: object, message: string): void;
  debug(details: object, message: string): void;
}

/** Who is told of problems: the same for clients, servers, saga runners and transports. */
export interface ProblemOptions {
  /** Gets every problem as `error` or `warn`, with the error as `err`. @default none */
  readonly logger?: Logger;
  /**
   * Called with every problem. What it throws, or rejects with, is written to stderr the first time, and stops nothing.
   * @default without a logger as well, problems go to stderr with the error's stack: of one kind and place at most one a
   *   second, and then the number of those left out
   * @example onProblem: ({ kind, reason }) => metrics.count(kind, { reason })
   */
  readonly onProblem?: (problem: Problem) => void;
}

/** Never throws. */
export type ReportProblem = (problem: Problem) => void;

/** Makes the function that tells logger and callback, or stderr where there is neither. `where` is added to every problem. */
export function createProblemReporter(options: ProblemOptions, where: ProblemLocation = {}): ReportProblem {
  const { logger, onProblem } = options;
  if (!logger && !onProblem) return (problem) => problemOutput.print({ ...where, ...problem });
  let hasFailed = false;
  const failed = (problem: Problem) => (error: unknown) => {
    if (hasFailed) return;
    hasFailed = true;
    const reason = `the callback for problems failed: ${messageOf(error)}; it is not said again. It was called with:`;
    problemOutput.print({ ...where, kind: "callback-error", reason, error });
    problemOutput.print(problem);
  };
  return (reported) => {
    const problem = { ...where, ...reported };
    const { kind, reason, error, ...rest } = problem;
    if (logger) {
      const details = { kind, ...rest, ...(error !== undefined && { err: error }) };
      attempt(() => logger[levels[kind]](details, reason), failed(problem));
    }
    if (onProblem) attempt(() => onProblem(problem), failed(problem));
  };
}

/** The problem of a failure that is known by its error only. */
export function problemOf(error: unknown, otherwise: ProblemKind): Problem {
  const isAway =
    error instanceof SagaspecError && (error.code === "store-unavailable" || error.code === "transport-unavailable");
  return { kind: isAway ? "unavailable" : otherwise, reason: messageOf(error), error };
}

/** A function of the program's, made safe to call: what it throws or rejects with becomes a problem. */
export function guarded<Arguments extends readonly unknown[]>(
  name: string,
  callback: (...given: Arguments) => unknown,
  report: ReportProblem,
): (...given: Arguments) => void {
  const failed = (error: unknown) =>
    report({ kind: "callback-error", reason: `${name} threw: ${messageOf(error)}`, error });
  return (...given) => attempt(() => callback(...given), failed);
}

function attempt(call: () => unknown, failed: (error: unknown) => void): void {
  try {
    const result = call();
    if (typeof result === "object" && result !== null && "then" in result) Promise.resolve(result).catch(failed);
  } catch (error) {
    failed(error);
  }
}

/** Where problems go that neither a logger nor a callback takes: to stderr. A simulation puts something else in its place. */
export const problemOutput: { print(problem: Problem): void } = { print };

const quietMs = 1_000;
// More places than this at a time share one line a kind.
const mostPlaces = 100;
const quiet = new Map<string, { last: Problem; leftOut: number }>();

/** Writes a problem to stderr, unless the last one of its kind and place was written less than a second ago. */
function print(problem: Problem): void {
  const { kind, service = "", operation = "", saga = "" } = problem;
  const place = quiet.size < mostPlaces ? `${kind} ${service} ${operation} ${saga}` : kind;
  const known = quiet.get(place);
  if (known) {
    known.last = problem;
    known.leftOut += 1;
    return;
  }
  write(problem, 0);
  const entry = { last: problem, leftOut: 0 };
  quiet.set(place, entry);
  const timer = setInterval(() => {
    if (entry.leftOut > 0) write(entry.last, entry.leftOut - 1);
    else {
      clearInterval(timer);
      quiet.delete(place);
    }
    entry.leftOut = 0;
  }, quietMs);
  timer.unref();
}

function write(problem: Problem, leftOut: number): void {
  const { kind, reason, error, service, operation, saga, messageId } = problem;
  const places = [
    operation ?? service,
    saga !== undefined && `saga ${JSON.stringify(saga)}`,
    messageId !== undefined && messageId !== "" && `message ${JSON.stringify(messageId)}`,
  ];
  const where = places.filter((place) => typeof place === "string").join(", ");
  const more = leftOut > 0 ? ` (and ${leftOut} more like it)` : "";
  const stack = error === undefined ? "" : `\n${inspect(error).replace(/^/gm, "    ")}`;
  process.stderr.write(`sagaspec ${levels[kind]}: ${kind}${where && ` in ${where}`}: ${reason}${more}${stack}\n`);
}
