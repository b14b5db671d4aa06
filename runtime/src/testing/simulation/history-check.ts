/** Reads a saga's history from its first line to its last: what it says must be possible. */
import type { HistoryKind } from "../../saga/store/history.js";
import type { StepStatus } from "../../saga/store/instance.js";
import type { HistoryRow, SagaStatus } from "../../saga/store/saga-store.js";
import { fieldOf } from "./field.js";

/** What a history says in the end. */
export interface HistoryCheck {
  /** How the saga has ended; undefined where it does not say, or says that it has deleted on since. */
  readonly end: SagaStatus | undefined;
  /** By path: how a step may stand after the last line that tells of it. */
  readonly statuses: ReadonlyMap<string, readonly StepStatus[]>;
  /** Paths of the steps of which an operator has said that they are undone. */
  readonly marked: ReadonlySet<string>;
}

/** How a step may stand after a line, until the next one tells of it. */
const statusesAfter: { readonly [kind in HistoryKind]?: readonly StepStatus[] } = {
  // What is given up together with its saga, or for another member of its group, has no line of its own.
  "step-started": ["open", "done", "unknown", "failed", "skipped"],
  "step-succeeded": ["done", "open", "unknown", "failed"],
  "step-failed": ["failed", "unknown", "done", "skipped"],
  "step-skipped": ["skipped", "done"],
  "compensation-started": ["undoing", "undone", "undo-failed"],
  "compensation-succeeded": ["undone", "done"],
  "compensation-failed": ["undo-failed", "done", "unknown"],
};

/** Reads a history, and reports what cannot have happened. */
export function checkHistory(
  history: readonly HistoryRow[],
  reportViolation: (violation: string) => void,
): HistoryCheck {
  const statuses = new Map<string, readonly StepStatus[]>();
  const marked = new Set<string>();
  let end: SagaStatus | undefined;
  for (const { kind, step: path, data } of history) {
    if (kind === "ended") end = fieldOf(data, "status") as SagaStatus;
    if (kind === "retreated") end = undefined;
    if (path === undefined) continue;
    const after = statusesAfter[kind as HistoryKind];
    if (after) statuses.set(path, after);
    // A late reply and an act of an operator may leave the step in any state.
    if (isOutOfOrder(kind)) statuses.delete(path);
    if (kind === "operated" && fieldOf(data, "action") === "mark-done") marked.add(path);
  }
  checkRollback(history, reportViolation);
  return { end, statuses, marked };
}

function isOutOfOrder(kind: string): boolean {
  return kind === "late-reply" || kind === "undeliverable" || kind === "operated";
}

/** The rollback: what started last is undone first. */
function checkRollback(history: readonly HistoryRow[], reportViolation: (violation: string) => void): void {
  const turn = history.findIndex(({ kind }) => kind === "retreated");
  if (turn < 0) return;
  const started = pathsOf(history, (kind) => kind === "step-started");
  // Items of one list are undone side by side. What was undone before, or by itself, keeps no order.
  const early = history.slice(0, turn).filter(({ kind }) => kind === "compensation-started");
  const outOfOrder = new Set([...early, ...history.filter(({ kind }) => isOutOfOrder(kind))].map(({ step }) => step));
  const undone = pathsOf(history, (kind) => kind === "compensation-started").filter(
    (path) => started.includes(path) && !outOfOrder.has(path),
  );
  for (const [index, path] of undone.entries()) {
    const before = undone[index - 1];
    if (before === undefined || listOf(before) === listOf(path)) continue;
    if (started.indexOf(path) > started.indexOf(before))
      reportViolation(`'${path}' is undone after '${before}', and it had started later`);
  }
}

/** The paths of lines of a kind, each where it stands first. */
function pathsOf(history: readonly HistoryRow[], is: (kind: string) => boolean): string[] {
  const lines = history.filter(({ kind, step }) => is(kind) && step !== undefined);
  return [...new Set(lines.map(({ step }) => step ?? ""))];
}

/** The list that a step is carried out for, item by item; its own path where there is none. */
function listOf(path: string): string {
  return /^(.*?)\/\d+\//.exec(path)?.[1] ?? path;
}
