/** What a saga's history says of one step. */

import type { Json } from "../codegen.js";
import type { HistoryKind } from "../saga/store/history.js";
import { effectKey } from "../saga/store/ids.js";
import type { StepStatus } from "../saga/store/instance.js";
import type { HistoryRow } from "../saga/store/saga-store.js";
import type { Failure } from "../wire/failure.js";
import { isoTime } from "./head.js";
import type { AttemptSummary, CompensationSummary, StepInstanceSummary, UpdateSummary } from "./summary.js";

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Cause = { readonly code: string; readonly message: string };

/** What was done on one side of a step: on the way forward, or on the way back. */
interface SideStory {
  readonly attempts: Draft<AttemptSummary>[];
  state: "open" | "succeeded" | "failed";
  request?: Json;
  reply?: Json;
  startedAt?: number;
  endedAt?: number;
  failure?: Cause;
  /** Whether it is certain that it had no effect. */
  withoutEffect?: boolean;
}

export interface StepStory {
  readonly path: string;
  forward?: SideStory;
  back?: SideStory;
  isSkipped?: true;
  /** The line of the last reply: the next line may say that it ended nothing. */
  lastReply?: HistoryRow;
  readonly updates: UpdateSummary[];
}

/** Reads the lines of a history, by step. */
export function tellSteps(history: readonly HistoryRow[]): ReadonlyMap<string, StepStory> {
  const steps = new Map<string, StepStory>();
  for (const row of history) {
    if (row.step === undefined) continue;
    const story = steps.get(row.step) ?? { path: row.step, updates: [] };
    // Groups have lines of their own, which are about none of their steps.
    if (tell(story, row)) steps.set(row.step, story);
  }
  return steps;
}

/** Whether the line is about a step at all. */
function tell(story: StepStory, row: HistoryRow): boolean {
  const kind = row.kind as HistoryKind;
  const side = kind.startsWith("compensation-") ? "back" : "forward";
  switch (kind) {
    case "step-started":
    case "compensation-started":
      story[side] = begin(story[side], row);
      break;
    case "step-retried":
    case "compensation-retried":
      send(story[side], row);
      break;
    case "step-succeeded":
    case "compensation-succeeded":
      succeed(story[side], row);
      story.lastReply = row;
      break;
    case "step-attempt-failed":
    case "compensation-attempt-failed":
      endAttempt(story[side], row, { outcome: "failed", ...causeOf(row.data) });
      break;
    case "poll-repeated":
      if (story.lastReply) story.updates.push(update(story.lastReply));
      break;
    case "step-failed":
      fail(story[side], row, (row.data as unknown as { failure: Failure; effect: string }).failure);
      break;
    case "compensation-failed":
      fail(story[side], row, row.data as unknown as Failure);
      break;
    case "step-skipped":
      story.isSkipped = true;
      giveUp(story.forward, row.at);
      break;
    case "operated":
      return passOver(story, row);
    case "repeated":
      story.updates.push(repeatedUpdate(row));
      break;
    case "message-passed":
    case "message-kept":
    case "late-reply":
    case "undeliverable":
      story.updates.push(update(row));
      break;
    default:
      return false;
  }
  return true;
}

function begin(before: SideStory | undefined, row: HistoryRow): SideStory {
  const side: SideStory = {
    attempts: before?.attempts ?? [],
    state: "open",
    startedAt: before?.startedAt ?? row.at,
    ...(row.data === undefined || row.data === null ? undefined : { request: row.data }),
  };
  send(side, row);
  return side;
}

function send(side: SideStory | undefined, { attempt = 1, messageId = "", at }: HistoryRow): void {
  side?.attempts.push({
    id: effectKey({ id: messageId, attempt }),
    attempt,
    messageId,
    sentAt: isoTime(at),
    outcome: "open",
  });
}

/** A person has passed over the step, or its compensation. Returns whether the line is about a step. */
function passOver({ forward, back }: StepStory, { at, data }: HistoryRow): boolean {
  const { action, refused } = (data ?? {}) as { readonly action?: string; readonly refused?: string };
  if (refused === undefined && action === "skip") giveUp(forward, at);
  if (refused === undefined && action === "mark-done") giveUp(back, at);
  return forward !== undefined;
}

/** No answer counts any more: a person, a message or the way back has passed over the step. */
export function giveUp(side: SideStory | undefined, at: number): void {
  const attempt = side?.attempts.at(-1);
  if (!side || attempt?.outcome !== "open") return;
  Object.assign(attempt, { outcome: "abandoned", endedAt: isoTime(at) });
  side.endedAt = at;
}

/** A message without an answer is settled as soon as it is certain to be sent: no line of its own says so. */
export function settleSent(side: SideStory | undefined): void {
  const attempt = side?.attempts.at(-1);
  if (side?.state !== "open" || attempt?.outcome !== "open") return;
  Object.assign(attempt, { outcome: "succeeded", endedAt: attempt.sentAt });
  side.state = "succeeded";
  side.endedAt = Date.parse(attempt.sentAt);
}

function succeed(side: SideStory | undefined, row: HistoryRow): void {
  if (!side) return;
  side.state = "succeeded";
  side.endedAt = row.at;
  if (row.data !== undefined && row.data !== null) side.reply = row.data;
  endAttempt(side, row, { outcome: "succeeded" });
}

function endAttempt(
  side: SideStory | undefined,
  row: HistoryRow,
  outcome: Pick<AttemptSummary, "outcome" | "code" | "message">,
): void {
  const attempt = side?.attempts.findLast((one) => one.attempt === row.attempt);
  if (!attempt) return;
  Object.assign(attempt, outcome, { endedAt: isoTime(row.at) });
  if (row.messageId !== undefined && row.messageId !== attempt.messageId) attempt.replyId = row.messageId;
}

function fail(side: SideStory | undefined, row: HistoryRow, failure: Failure): void {
  if (!side) return;
  side.state = "failed";
  side.endedAt = row.at;
  side.failure = causeOf(failure);
  side.withoutEffect = (row.data as { effect?: string } | undefined)?.effect === "none";
}

function update({ kind, messageId, at, data }: HistoryRow): UpdateSummary {
  const known = { ...(messageId === undefined ? undefined : { messageId }), receivedAt: isoTime(at) };
  if (kind === "undeliverable") return { ...known, status: "undeliverable" };
  if (kind !== "late-reply") return { ...known, status: "received", ...payloadOf(data) };
  const answer = data as { readonly ok?: Json; readonly failure?: Json };
  return "ok" in answer
    ? { ...known, status: "succeeded", ...payloadOf(answer.ok) }
    : { ...known, status: "failed", ...causeOf(answer.failure) };
}

/** What has happened so often that not every time has a line; the last of these lines counts all. */
function repeatedUpdate({ data }: HistoryRow): UpdateSummary {
  const { count, first, last } = data as unknown as {
    readonly count: number;
    readonly first: number;
    readonly last: number;
  };
  return { receivedAt: isoTime(last), status: "received", count, firstAt: isoTime(first) };
}

function payloadOf(payload: Json | undefined): { readonly payload?: Json } {
  return payload === undefined || payload === null ? {} : { payload };
}

/** A failure in two words. */
export function causeOf(failure: unknown): Cause {
  const { name = "unknown", message = "" } = (failure ?? {}) as Partial<Failure>;
  return { code: name, message };
}

const statuses: { readonly [status in StepStatus]: StepInstanceSummary["status"] } = {
  open: "open",
  done: "succeeded",
  failed: "failed",
  unknown: "unknown",
  skipped: "skipped",
  undoing: "compensating",
  undone: "compensated",
  "undo-failed": "compensation-failed",
};

/** How a step stands: as its record says, or where the saga has shrunk, as its history does. */
export function statusOf(
  { forward, back, isSkipped }: Pick<StepStory, "forward" | "back" | "isSkipped">,
  recorded: StepStatus | undefined,
): StepInstanceSummary["status"] {
  if (recorded) return statuses[recorded];
  if (back) {
    const ended = { open: "compensating", succeeded: "compensated", failed: "compensation-failed" } as const;
    return ended[back.state];
  }
  if (isSkipped) return "skipped";
  if (forward?.state === "failed") return forward.withoutEffect ? "failed" : "unknown";
  return forward ? "succeeded" : "pending";
}

/** How a step was undone; undefined for one that was not. */
export function compensationOf({ back }: StepStory, operation: string | undefined): CompensationSummary | undefined {
  if (!back) return undefined;
  const { state, request, failure, attempts } = back;
  return {
    ...(operation === undefined ? undefined : { operation }),
    status: state,
    ...(request === undefined ? undefined : { request }),
    ...(failure === undefined ? undefined : { failure }),
    attempts,
  };
}
