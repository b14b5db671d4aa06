/** Tasks in a saga's records: their changes, and giving them up. */
import { fastMerge } from "../../core/fast-merge.js";
import type { Action, StepNode } from "../define/definition.js";
import { stepAt } from "../define/nodes.js";
import type { Side } from "../store/ids.js";
import type { StepRecord, Task } from "../store/instance.js";
import { closeEffect, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** One side of a step, and what is done for it. */
export interface Work {
  readonly step: StepNode;
  readonly side: Side;
  readonly action: Action;
}

/** The record's task on that side. */
export function taskOf(record: StepRecord | undefined, side: Side): Task | undefined {
  return side === "do" ? record?.do : record?.undo;
}

export function setTask(transition: TransitionBuilder, { step, side }: Work, task: Task): void {
  updateStep(transition, step.path, side === "do" ? { do: task } : { undo: task });
}

/** The task with nothing under way any more. */
export function closed({ dueAt: _, renew: __, ...task }: Task): Task {
  return { ...task, phase: "closed" };
}

/** Ends the task with a success. */
export function closeTask(transition: TransitionBuilder, work: Work, task: Task, attempt: number): void {
  if (task.phase === "open") closeEffect(transition, task);
  setTask(transition, work, closed({ ...task, heard: [...task.heard, attempt] }));
}

/** Records that an attempt is settled, and nothing else. */
export function hear(transition: TransitionBuilder, work: Work, task: Task, attempt: number): void {
  setTask(transition, work, { ...task, heard: [...task.heard, attempt] });
}

/** Schedules a new round of the task, with a new message id. */
export function renewAt(transition: TransitionBuilder, work: Work, task: Task, dueAt: number): void {
  setTask(transition, work, fastMerge(task, { phase: "backoff", renew: true, dueAt }));
}

/** Ends the backoff of a task now. Returns whether one was in backoff. */
export function hasten(transition: TransitionBuilder, path: string, side: Side): boolean {
  const task = taskOf(transition.saga.steps[path], side);
  if (task?.phase !== "backoff") return false;
  updateStep(transition, path, { [side]: { ...task, dueAt: transition.at } });
  return true;
}

/** Gives up everything that is under way, whatever its outcome. */
export function closeOpenTasks(transition: TransitionBuilder): void {
  for (const path of Object.keys(transition.saga.steps))
    for (const side of ["do", "undo"] as const) abandonTask(transition, path, side);
}

/** Stops these steps from doing anything new: those that wait, sleep or are between two attempts are given up. */
export function standDown(transition: TransitionBuilder, concerns: (path: string) => boolean): void {
  for (const [path, record] of Object.entries(transition.saga.steps)) {
    if (record.status !== "open" || !concerns(path)) continue;
    const isQuiet = record.do?.phase === "backoff" || isIdle(transition, path);
    if (isQuiet) abandonTask(transition, path, "do");
  }
}

/** Whether the step does nothing but wait. */
function isIdle(transition: TransitionBuilder, path: string): boolean {
  const kind = stepAt(transition.definition, path)?.action?.kind;
  return kind === "wait" || kind === "sleep";
}

/** Gives up the step's task on that side, if one is under way. */
export function abandonTask(transition: TransitionBuilder, path: string, side: Side): void {
  const task = taskOf(transition.saga.steps[path], side);
  if (!task || task.phase === "closed") return;
  if (task.phase === "open") closeEffect(transition, task);
  const isRefused = task.refused === task.attempt;
  const forward = isIdle(transition, path) ? "skipped" : isRefused ? "failed" : "unknown";
  const given = side === "do" ? forward : "undo-failed";
  updateStep(transition, path, { [side]: closed(task), status: given });
}
