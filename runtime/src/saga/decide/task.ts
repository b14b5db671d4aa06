/** Tasks in a saga's records, and their changes. */
import { fastMerge } from "../../core/fast-merge.js";
import type { Action, StepNode } from "../define/definition.js";
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
