import type { ParallelNode } from "../define/definition.js";
import { groupAt } from "../define/nodes.js";
import type { TransitionBuilder } from "./transition-builder.js";

/** The `any` group around the step that another member has won; undefined where the step has not lost a race. */
export function raceLostBy({ saga, definition }: TransitionBuilder, path: string): ParallelNode | undefined {
  for (const [group, { winner }] of Object.entries(saga.groups ?? {})) {
    if (winner === undefined || !path.startsWith(`${group}/`)) continue;
    const node = groupAt(definition, group);
    if (node?.kind === "parallel" && path.split("/")[group.split("/").length] !== winner) return node;
  }
  return undefined;
}

/** Whether the step is undone because another member has won its group. */
export function isRaceLoser(transition: TransitionBuilder, path: string): boolean {
  return raceLostBy(transition, path)?.rest === "cancel";
}
