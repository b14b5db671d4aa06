import type { ParallelNode } from "../define/definition.js";
import { groupAt } from "../define/nodes.js";
import type { TransitionBuilder } from "./transition-builder.js";

/** The group that another member has decided than the one that the step belongs to. */
export function raceLostBy({ saga, definition }: TransitionBuilder, path: string): ParallelNode | undefined {
  for (const [group, { winner }] of Object.entries(saga.groups ?? {})) {
    if (winner === undefined || !path.startsWith(`${group}/`)) continue;
    const node = groupAt(definition, group);
    if (node?.kind === "parallel" && path.split("/")[group.split("/").length] !== winner) return node;
  }
  return undefined;
}

/** Whether the step is to be undone because another member has decided its group. */
export function isRaceLoser(turn: TransitionBuilder, path: string): boolean {
  return raceLostBy(turn, path)?.rest === "cancel";
}
