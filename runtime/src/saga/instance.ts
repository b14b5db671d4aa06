/** A saga under way, as `decide` sees it: plain JSON, kept as the state of its row. */
import type { Json } from "../codegen.js";
import type { Failure } from "./effects.js";
import type { SagaStatus } from "./store.js";

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
  readonly dueAt?: number;
  /** No attempt goes beyond. */
  readonly deadline?: number;
  /** What follows the backoff is a new round, with a new id: the old one was refused. */
  readonly renew?: boolean;
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
}

/** Why and where to a saga has turned back. */
export interface Retreat {
  /** The step that failed; absent when somebody asked for it. */
  readonly step?: string;
  readonly failure: Failure;
  /** How the saga ends once everything is undone. */
  readonly end: "compensated" | "cancelled";
  /** Nothing is undone. */
  readonly leaveAsIs?: boolean;
}

export interface Instance {
  readonly id: string;
  readonly key?: string;
  readonly parent?: string;
  readonly caller?: { readonly replyTo: string; readonly correlationId: string };
  readonly status: SagaStatus;
  readonly paused: boolean;
  readonly input: Json;
  readonly startedAt: number;
  /** Sequence number of the last history row. */
  readonly seq: number;
  /** Records by step path. */
  readonly steps: { readonly [path: string]: StepRecord };
  /** Path of the pivot, once it has succeeded: from here on only forward. */
  readonly pivot?: string;
  /** Present once the saga has turned back. */
  readonly retreat?: Retreat;
  /** Somebody wants it to turn back; an open pivot is waited for. */
  readonly wish?: Retreat;
  /** Why an event could not be applied; cleared by an operator. */
  readonly stuck?: string;
}

/** Whether nothing more happens by itself. */
export function isAtRest(status: SagaStatus): boolean {
  return status !== "running" && status !== "compensating";
}

/** The earliest moment at which something is due. */
export function nextDue(instance: Instance): number | undefined {
  let due: number | undefined;
  for (const record of Object.values(instance.steps)) {
    for (const task of [record.do, record.undo]) {
      if (task?.dueAt !== undefined && (due === undefined || task.dueAt < due)) due = task.dueAt;
    }
  }
  return due;
}

/** Steps whose command is out, whose function runs, or that are being undone. */
export function openSteps(instance: Instance): string[] {
  return Object.keys(instance.steps).filter((path) => {
    const status = instance.steps[path]?.status;
    return status === "open" || status === "undoing";
  });
}
