import type { ParallelNode } from "../definition.js";
import { groupAt } from "../nodes.js";
import type { Turn } from "./turn.js";

/** The group that another member has decided than the one that the step belongs to. */
export function lostIn({ saga, definition }: Turn, path: string): ParallelNode | undefined {
  for (const [group, { winner }] of Object.entries(saga.groups ?? {})) {
    if (winner === undefined || !path.startsWith(`${group}/`)) continue;
    const node = groupAt(definition, group);
    if (node?.kind === "parallel" && path.split("/")[group.split("/").length] !== winner) return node;
  }
  return undefined;
}

/** Whether the step is to be undone because another member has decided its group. */
export function isLoser(turn: Turn, path: string): boolean {
  return lostIn(turn, path)?.rest === "cancel";
}
