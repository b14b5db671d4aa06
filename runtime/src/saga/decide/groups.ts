/**
 * Groups: which of their steps can start, and when they are done. Once a group has failed or is decided, nothing new
 * starts in it.
 */
import type { Json } from "../../codegen.js";
import type { BranchNode, EachNode, GroupNode, Node, ParallelNode, PhaseNode } from "../define/definition.js";
import { bodyOf } from "../define/nodes.js";
import type { GroupRecord } from "../store/instance.js";
import { standDown } from "./abandon.js";
import { failureFromError } from "./failure-from-error.js";
import type { Progress } from "./progress.js";
import { contextOf, scopeOf } from "./scope.js";
import { asJson, note, type TransitionBuilder, updateGroup } from "./transition-builder.js";

const maxItems = 1_000;

type Advance = (turn: TransitionBuilder, node: Node) => Progress;

export function advanceGroup(turn: TransitionBuilder, node: GroupNode, advance: Advance): Progress {
  const record = turn.saga.groups?.[node.path];
  if (record?.status === "skipped") return "done";
  if (record?.failure) return { failed: node.path };
  switch (node.kind) {
    case "branch":
      return branch(turn, node, record, advance);
    case "parallel":
      return parallel(turn, node, record, advance);
    case "each":
      return each(turn, node, record, advance);
    case "phase":
      return phase(turn, node, record, advance);
  }
}

function branch(
  turn: TransitionBuilder,
  node: BranchNode,
  record: GroupRecord | undefined,
  advance: Advance,
): Progress {
  const taken = record?.case ?? choose(turn, node);
  const body = taken === undefined ? undefined : node.cases[taken];
  return body ? ended(turn, node, advance(turn, body)) : { failed: node.path };
}

function choose(turn: TransitionBuilder, node: BranchNode): string | undefined {
  return open(turn, node, () => {
    const taken = node.on(scopeOf(turn.saga, inGroup(node)), contextOf(turn.saga, turn.at));
    if (!Object.hasOwn(node.cases, taken)) throw new Error(`branch '${node.name}' has no case '${taken}'`);
    note(turn, "branch-taken", { step: node.path, data: taken });
    return { case: taken };
  })?.case;
}

function parallel(
  turn: TransitionBuilder,
  node: ParallelNode,
  record: GroupRecord | undefined,
  advance: Advance,
): Progress {
  if (record?.winner !== undefined) return "done";
  if (!record) open(turn, node, () => ({}));
  const failed = node.mode === "all" ? failureIn(turn, node.path) : undefined;
  if (failed !== undefined) return { failed };
  const done = new Set<string>();
  let last: Progress = "done";
  let isOpen = false;
  for (const [name, { dependsOn, node: member }] of Object.entries(node.members)) {
    if (!dependsOn.every((one) => done.has(one))) continue;
    const progress = advance(turn, member);
    if (progress === "done") {
      done.add(name);
      if (node.mode === "any" && hasDoneAnything(turn, member)) return decide(turn, node, name);
    } else if (progress === "open") isOpen = true;
    else if (node.mode === "all") return progress;
    else last = progress;
  }
  return isOpen ? "open" : ended(turn, node, last);
}

/** A member that was skipped decides nothing. */
function hasDoneAnything({ saga }: TransitionBuilder, member: Node): boolean {
  return member.kind !== "step" || saga.steps[member.path]?.status === "done";
}

function decide(turn: TransitionBuilder, node: ParallelNode, winner: string): Progress {
  updateGroup(turn, node.path, { status: "done", winner });
  note(turn, "group-decided", { step: node.path, data: winner });
  const own = `${node.path}/${winner}`;
  standDown(turn, (path) => path.startsWith(`${node.path}/`) && path !== own && !path.startsWith(`${own}/`));
  return "done";
}

function each(turn: TransitionBuilder, node: EachNode, record: GroupRecord | undefined, advance: Advance): Progress {
  const items = record?.items ?? itemsOf(turn, node);
  const failed = items ? failureIn(turn, node.path) : node.path;
  if (!items || failed !== undefined) return { failed: failed ?? node.path };
  if (record?.status === "done") return "done";
  let running = 0;
  for (let index = 0; index < items.length && running < node.concurrency; index++) {
    const progress = advance(turn, bodyOf(node, index));
    if (progress === "open") running += 1;
    else if (progress !== "done") return progress;
  }
  return running > 0 ? "open" : ended(turn, node, "done");
}

function itemsOf(turn: TransitionBuilder, node: EachNode): readonly Json[] | undefined {
  return open(turn, node, () => {
    const items = node.of(scopeOf(turn.saga, inGroup(node)), contextOf(turn.saga, turn.at)).map(asJson);
    if (items.length > maxItems)
      throw new Error(`'${node.name}' is for ${items.length} items; ${maxItems} are allowed`);
    note(turn, "each-started", { step: node.path, data: items.length });
    return { items };
  })?.items;
}

function phase(turn: TransitionBuilder, node: PhaseNode, record: GroupRecord | undefined, advance: Advance): Progress {
  const { timeoutMs, warnAfterMs } = node;
  if (!record && (timeoutMs !== undefined || warnAfterMs !== undefined)) {
    open(turn, node, () => ({
      ...(timeoutMs === undefined ? undefined : { dueAt: turn.at + timeoutMs }),
      ...(warnAfterMs === undefined ? undefined : { warnAt: turn.at + warnAfterMs }),
    }));
  }
  return ended(turn, node, advance(turn, node.body));
}

/** Begins the record of a group. A function of its author that throws is the group's failure. */
function open(turn: TransitionBuilder, node: GroupNode, begin: () => Partial<GroupRecord>): GroupRecord | undefined {
  try {
    return updateGroup(turn, node.path, { status: "open", ...begin() });
  } catch (error) {
    const failure = failureFromError(error);
    note(turn, "step-failed", { step: node.path, data: { effect: "none", failure: { ...failure } } });
    updateGroup(turn, node.path, { status: "open", failure });
    return undefined;
  }
}

function ended(turn: TransitionBuilder, node: GroupNode, progress: Progress): Progress {
  const record = turn.saga.groups?.[node.path];
  if (progress === "done" && record?.status === "open") updateGroup(turn, node.path, { ...record, status: "done" });
  return progress;
}

/** Where a group's own function stands: beside its steps, not among them. */
function inGroup({ path, bodies }: BranchNode | EachNode): Pick<BranchNode, "path" | "bodies"> {
  return bodies ? { path, bodies } : { path };
}

/** The first of a group's steps that has failed, in the order in which they started. */
function failureIn({ saga }: TransitionBuilder, group: string): string | undefined {
  const prefix = `${group}/`;
  for (const [path, record] of Object.entries(saga.steps)) {
    if (!record.failure || !path.startsWith(prefix)) continue;
    const { status } = record;
    if (status === "failed" || status === "unknown" || status === "done") return path;
  }
  for (const [path, record] of Object.entries(saga.groups ?? {})) {
    if (record.failure && path.startsWith(prefix)) return path;
  }
  return undefined;
}
