/** A saga under way, as `decide` sees it: plain JSON, kept as the state of its row. */
import type { Json } from "../../codegen.js";
import type { Failure } from "../../wire/failure.js";
import type { Caller } from "../../wire/reply-writer.js";
import type { SagaStatus } from "./saga-store.js";

/**
 * One round of a command or of a function: sent again under the same id and with the same payload until it is settled.
 * A repeated undo, or an operator's retry, is the next round.
 */
export interface Task {
  /** Message id: `<instance>/<step path>/<do|undo>/<round>`. */
  readonly id: string;
  readonly round: number;
  /** Counts from 1. */
  readonly attempt: number;
  /**
   * `open`: the attempt is under way, until `dueAt`.
   * `backoff`: it has failed; the next one starts at `dueAt`.
   * `closed`: settled; whatever arrives now is late.
   */
  readonly phase: "open" | "backoff" | "closed";
  readonly payload: Json;
  /** Values of address parameters, and headers: what a message says beside its payload. */
  readonly address?: string;
  readonly parameters?: { readonly [name: string]: string };
  readonly headers?: { readonly [name: string]: Json };
  readonly dueAt?: number;
  /** No attempt goes beyond. */
  readonly deadline?: number;
  /** What follows the backoff is a new round, with a new id: the old one was refused. */
  readonly renew?: boolean;
  /** Rounds of a poll that have ended without the reply that ends it. */
  readonly polls?: number;
  /** The current attempt was sent more than once: that the broker did not take one of its messages says nothing of the other. */
  readonly resent?: boolean;
  /** Attempts whose outcome has been recorded: hearing from them again is a duplicate. */
  readonly heard: readonly number[];
  /** How many attempts certainly had no effect. When all of them had none, neither had the task. */
  readonly refused: number;
}

/**
 * - `open`: its command is out, its function runs, or it waits for the next attempt
 * - `done`: succeeded; to be undone when the saga turns back
 * - `failed`: certainly without effect; nothing to undo
 * - `unknown`: perhaps with effect; to be undone when the saga turns back
 * - `skipped`: passed over without effect; nothing to undo
 * - `undoing`, `undone`, `undo-failed`: how far its compensation has come
 */
export type StepStatus = "open" | "done" | "failed" | "unknown" | "skipped" | "undoing" | "undone" | "undo-failed";

/** What is known of one step. Absent until the step starts. */
export interface StepRecord {
  /** The how many-th step to start: compensations go in reverse. */
  readonly order: number;
  readonly status: StepStatus;
  readonly do?: Task;
  readonly undo?: Task;
  /** The success reply. */
  readonly reply?: Json;
  /** What later steps see, where `onReply` made something else of the reply. */
  readonly result?: Json;
  /** Why it did not succeed, or why its compensation did not. With `done`: what `onReply` threw. */
  readonly failure?: Failure;
  /** `onFailure` left the decision to an operator. */
  readonly parked?: boolean;
  /** A success came while the undo was under way: undo once more, now with the reply. */
  readonly again?: boolean;
  /** When the history is to say that the step takes its time. */
  readonly warnAt?: number;
  /** The saga that the step has started. */
  readonly child?: string;
  /** The child saga waits for somebody to look at it. */
  readonly needsAttention?: boolean;
}

/** What is known of a group beside its steps. Absent until the group starts. */
export interface GroupRecord {
  /** `skipped`: passed over, whatever its steps say. */
  readonly status: "open" | "done" | "skipped";
  /** The case that a branch has taken. */
  readonly case?: string;
  /** What an `each` is for. */
  readonly items?: readonly Json[];
  /** The member that decided an `any`. */
  readonly winner?: string;
  /** Why it could not start. */
  readonly failure?: Failure;
  /** When a phase is to be over. */
  readonly dueAt?: number;
  readonly warnAt?: number;
}

/** A message that came before its wait. */
export interface KeptMessage {
  readonly id: string;
  readonly channel: string;
  readonly key: string;
  readonly payload: Json;
}

/** Why and where to a saga has turned back. */
export interface Rollback {
  /** The step that failed; absent when somebody asked for it. */
  readonly step?: string;
  readonly failure: Failure;
  /** How the saga ends once everything is undone. */
  readonly end: "compensated" | "cancelled";
  /** Nothing is undone. */
  readonly leaveAsIs?: boolean;
}

/** How often the same has happened to a step. */
export interface Repeated {
  readonly count: number;
  /** Up to which of them the history says. */
  readonly told: number;
  readonly first: number;
  readonly last: number;
}

export interface Instance {
  readonly id: string;
  readonly key?: string;
  /** What the parent's step waits for: its message id. */
  readonly parent?: string;
  readonly caller?: Caller;
  readonly status: SagaStatus;
  readonly paused: boolean;
  readonly input: Json;
  /** Headers of the trace that it was started in: every message of it continues that one. */
  readonly trace?: { readonly [name: string]: Json };
  readonly startedAt: number;
  /** Sequence number of the last history row. */
  readonly seq: number;
  /** Records by step path. */
  readonly steps: { readonly [path: string]: StepRecord };
  /** Records by path of the group. */
  readonly groups?: { readonly [path: string]: GroupRecord };
  /** Keys by path of the wait: what messages are asked for. */
  readonly keys?: { readonly [path: string]: string };
  /** Messages that came early, oldest first. */
  readonly kept?: readonly KeptMessage[];
  /** Ids of the messages that were taken last: each counts once. */
  readonly taken?: readonly string[];
  /** Digests of those taken before, of eight characters each, oldest first. */
  readonly takenBefore?: string;
  /** What has happened many times to a step, by `<kind> <path>`: the history does not grow with it. */
  readonly repeated?: { readonly [what: string]: Repeated };
  /** The lines of refused acts that end the history: from the line before the first of them to the last of them. */
  readonly refusals?: { readonly from: number; readonly to: number };
  /** Ids of what people have done to it last: each act counts once. */
  readonly acts?: readonly string[];
  /** When the saga is to be over. */
  readonly deadlineAt?: number;
  /** When the history is to say that the saga takes its time. */
  readonly warnAt?: number;
  /** The parent wants this saga undone, and is told under this id when it is. */
  readonly undoOf?: string;
  /** Path of the pivot, once it has succeeded: from here on only forward. */
  readonly pivot?: string;
  /** Present once the saga has turned back. */
  readonly retreat?: Rollback;
  /** Somebody wants it to turn back; an open pivot is waited for. */
  readonly wish?: Rollback;
  /** Why an event could not be applied; cleared by an operator. */
  readonly stuck?: string;
  /** Attempts whose answers could not be applied, and are gone: asked once more when an operator lets the saga go on. */
  readonly unanswered?: readonly { readonly of: string; readonly attempt: number }[];
}

/** Whether nothing more happens by itself. */
export function isAtRest(status: SagaStatus): boolean {
  return status !== "running" && status !== "compensating";
}

/** The earliest moment at which something is due. */
export function nextDue(instance: Instance): number | undefined {
  let due = earlier(instance.deadlineAt, instance.warnAt);
  for (const path in instance.steps) {
    const record = instance.steps[path];
    if (!record) continue;
    due = earlier(due, earlier(record.do?.dueAt, record.undo?.dueAt));
    if (record.warnAt !== undefined && record.status === "open") due = earlier(due, record.warnAt);
  }
  for (const path in instance.groups) {
    const group = instance.groups[path];
    if (group?.status === "open") due = earlier(due, earlier(group.dueAt, group.warnAt));
  }
  return due;
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

/** Steps whose command is out, whose function runs, or that are being undone. */
export function openSteps(instance: Instance): string[] {
  return Object.keys(instance.steps).filter((path) => {
    const status = instance.steps[path]?.status;
    return status === "open" || status === "undoing";
  });
}
