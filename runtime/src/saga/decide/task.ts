/** Tasks as a saga's records have them, and how they change. */
import { fastMerge } from "../../core/fast-merge.js";
import type { Action, StepNode } from "../define/definition.js";
import type { Side } from "../store/ids.js";
import type { StepRecord, Task } from "../store/instance.js";
import { closeEffect, type TransitionBuilder, updateStep } from "./transition-builder.js";

/** What a task is of: one side of a step. */
export interface Work {
  readonly step: StepNode;
  readonly side: Side;
  readonly action: Action;
}

/** The record's task on that side. */
export function taskOf(record: StepRecord | undefined, side: Side): Task | undefined {
  return side === "do" ? record?.do : record?.undo;
}

export function setTask(turn: TransitionBuilder, { step, side }: Work, task: Task): void {
  updateStep(turn, step.path, side === "do" ? { do: task } : { undo: task });
}

/** The task as it is when nothing more is under way. */
export function closed({ dueAt: _, renew: __, ...task }: Task): Task {
  return { ...task, phase: "closed" };
}

/** Ends the task with a success. */
export function closeTask(turn: TransitionBuilder, work: Work, task: Task, attempt: number): void {
  if (task.phase === "open") closeEffect(turn, task);
  setTask(turn, work, closed({ ...task, heard: [...task.heard, attempt] }));
}

/** Remembers that an attempt has been heard of, and nothing else. */
export function hear(turn: TransitionBuilder, work: Work, task: Task, attempt: number): void {
  setTask(turn, work, { ...task, heard: [...task.heard, attempt] });
}

/** The task starts over at that time, under a new id. */
export function renewAt(turn: TransitionBuilder, work: Work, task: Task, dueAt: number): void {
  setTask(turn, work, fastMerge(task, { phase: "backoff", renew: true, dueAt }));
}

/** What waits for its next attempt waits no longer. Answers whether there was such a task. */
export function hasten(turn: TransitionBuilder, path: string, side: Side): boolean {
  const task = taskOf(turn.saga.steps[path], side);
  if (task?.phase !== "backoff") return false;
  updateStep(turn, path, { [side]: { ...task, dueAt: turn.at } });
  return true;
}
