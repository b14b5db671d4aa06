/**
 * Groups: which of their steps can start, and when they are done. Once a group has failed or is decided, nothing new
 * starts in it.
 */
import type { Json } from "../../codegen.js";
import type { BranchNode, EachNode, GroupNode, Node, ParallelNode, PhaseNode } from "../define/definition.js";
import { bodyOf } from "../define/nodes.js";
import type { GroupRecord } from "../store/instance.js";
import { keptJson } from "../store/kept-json.js";
import { contextOf, failureFromError, scopeOf } from "./scope.js";
import { standDown } from "./task.js";
import { note, type TransitionBuilder, updateGroup } from "./transition-builder.js";

/** What has become of a node: under way, passed, or stopped by the step or group at a path. */
export type Progress = "open" | "done" | { readonly failed: string };

const maxItems = 1_000;

type Advance = (transition: TransitionBuilder, node: Node) => Progress;

export function advanceGroup(transition: TransitionBuilder, node: GroupNode, advance: Advance): Progress {
  const record = transition.saga.groups?.[node.path];
  if (record?.status === "skipped") return "done";
  if (record?.failure) return { failed: node.path };
  switch (node.kind) {
    case "branch":
      return branch(transition, node, record, advance);
    case "parallel":
      return parallel(transition, node, record, advance);
    case "each":
      return each(transition, node, record, advance);
    case "phase":
      return phase(transition, node, record, advance);
  }
}

function branch(
  transition: TransitionBuilder,
  node: BranchNode,
  record: GroupRecord | undefined,
  advance: Advance,
): Progress {
  const taken = record?.case ?? choose(transition, node);
  const body = taken === undefined ? undefined : node.cases[taken];
  return body ? ended(transition, node, advance(transition, body)) : { failed: node.path };
}

function choose(transition: TransitionBuilder, node: BranchNode): string | undefined {
  return open(transition, node, () => {
    const taken = node.on(scopeOf(transition.saga, inGroup(node)), contextOf(transition.saga, transition.at));
    if (!Object.hasOwn(node.cases, taken)) throw new Error(`branch '${node.name}' has no case '${taken}'`);
    note(transition, "branch-taken", { step: node.path, data: taken });
    return { case: taken };
  })?.case;
}

function parallel(
  transition: TransitionBuilder,
  node: ParallelNode,
  record: GroupRecord | undefined,
  advance: Advance,
): Progress {
  if (record?.winner !== undefined) return "done";
  if (!record) open(transition, node, () => ({}));
  const failed = node.mode === "all" ? failureIn(transition, node.path) : undefined;
  if (failed !== undefined) return { failed };
  const done = new Set<string>();
  let last: Progress = "done";
  let isOpen = false;
  for (const [name, { dependsOn, node: member }] of Object.entries(node.members)) {
    if (!dependsOn.every((one) => done.has(one))) continue;
    const progress = advance(transition, member);
    if (progress === "done") {
      done.add(name);
      if (node.mode === "any" && hasDoneAnything(transition, member)) return decide(transition, node, name);
    } else if (progress === "open") isOpen = true;
    else if (node.mode === "all") return progress;
    else last = progress;
  }
  return isOpen ? "open" : ended(transition, node, last);
}

/** Whether the member may win the race: a step that was skipped does not. */
function hasDoneAnything({ saga }: TransitionBuilder, member: Node): boolean {
  return member.kind !== "step" || saga.steps[member.path]?.status === "done";
}

function decide(transition: TransitionBuilder, node: ParallelNode, winner: string): Progress {
  updateGroup(transition, node.path, { status: "done", winner });
  note(transition, "group-decided", { step: node.path, data: winner });
  const own = `${node.path}/${winner}`;
  standDown(transition, (path) => path.startsWith(`${node.path}/`) && path !== own && !path.startsWith(`${own}/`));
  return "done";
}

function each(
  transition: TransitionBuilder,
  node: EachNode,
  record: GroupRecord | undefined,
  advance: Advance,
): Progress {
  const items = record?.items ?? itemsOf(transition, node);
  const failed = items ? failureIn(transition, node.path) : node.path;
  if (!items || failed !== undefined) return { failed: failed ?? node.path };
  if (record?.status === "done") return "done";
  let running = 0;
  for (let index = 0; index < items.length && running < node.concurrency; index++) {
    const progress = advance(transition, bodyOf(node, index));
    if (progress === "open") running += 1;
    else if (progress !== "done") return progress;
  }
  return running > 0 ? "open" : ended(transition, node, "done");
}

function itemsOf(transition: TransitionBuilder, node: EachNode): readonly Json[] | undefined {
  return open(transition, node, () => {
    const given = node.of(scopeOf(transition.saga, inGroup(node)), contextOf(transition.saga, transition.at));
    const items = keptJson([...given], `items of '${node.name}'`) as readonly Json[];
    if (items.length > maxItems)
      throw new Error(`'${node.name}' is for ${items.length} items; ${maxItems} are allowed`);
    note(transition, "each-started", { step: node.path, data: items.length });
    return { items };
  })?.items;
}

function phase(
  transition: TransitionBuilder,
  node: PhaseNode,
  record: GroupRecord | undefined,
  advance: Advance,
): Progress {
  const { timeoutMs, warnAfterMs } = node;
  if (!record && (timeoutMs !== undefined || warnAfterMs !== undefined)) {
    open(transition, node, () => ({
      ...(timeoutMs === undefined ? undefined : { dueAt: transition.at + timeoutMs }),
      ...(warnAfterMs === undefined ? undefined : { warnAt: transition.at + warnAfterMs }),
    }));
  }
  return ended(transition, node, advance(transition, node.body));
}

/** Begins the record of a group. Where the author's function throws, the group has failed. */
function open(
  transition: TransitionBuilder,
  node: GroupNode,
  begin: () => Partial<GroupRecord>,
): GroupRecord | undefined {
  try {
    return updateGroup(transition, node.path, { status: "open", ...begin() });
  } catch (error) {
    const failure = failureFromError(error);
    note(transition, "step-failed", { step: node.path, data: { effect: "none", failure: { ...failure } } });
    updateGroup(transition, node.path, { status: "open", failure });
    return undefined;
  }
}

function ended(transition: TransitionBuilder, node: GroupNode, progress: Progress): Progress {
  const record = transition.saga.groups?.[node.path];
  if (progress === "done" && record?.status === "open")
    updateGroup(transition, node.path, { ...record, status: "done" });
  return progress;
}

/** The scope of a group's own function: what stands before the group, not the steps inside. */
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
