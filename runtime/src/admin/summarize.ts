/** From a saga's row and history to its summary. */
import type { Json } from "../codegen.js";
import {
  type Action,
  type Node,
  type PhaseNode,
  type SagaDefinition,
  type StepNode,
  stepsOf,
} from "../saga/define/definition.js";
import { childrenOf } from "../saga/define/nodes.js";
import { operatorLine } from "../saga/run/operator-line.js";
import { instanceOf } from "../saga/run/plan.js";
import type { OperatorAction } from "../saga/store/effects.js";
import { childId } from "../saga/store/ids.js";
import type { Instance, StepRecord, Task } from "../saga/store/instance.js";
import { type HistoryRow, isFinished, type SagaRow } from "../saga/store/saga-store.js";
import type { Failure } from "../wire/failure.js";
import { headOf, isoTime } from "./head.js";
import { causeOf, compensationOf, giveUp, type StepStory, settleSent, statusOf, tellSteps } from "./step-story.js";
import type { ActSummary, PhaseSummary, SagaSummary, StepInstanceSummary, StepSummary } from "./summary.js";

/** `definition` is of the version that the saga runs by, where it is registered. */
export function summarize(
  row: SagaRow,
  history: readonly HistoryRow[],
  definition: SagaDefinition | undefined,
  children: readonly SagaSummary[],
): SagaSummary {
  const instance = row.state === null ? undefined : instanceOf(row);
  const ended = history.findLast(({ kind }) => kind === "ended");
  const failure = failureOf(instance, history);
  const steps = stepSummaries({ row, instance, history, definition, children });
  return {
    ...headOf(row),
    ...(ended && row.cursor.length === 0 ? { endedAt: isoTime(ended.at) } : undefined),
    input: instance?.input ?? history.find(({ kind }) => kind === "started")?.data ?? null,
    seq: history.at(-1)?.seq ?? 0,
    ...(failure && { failure }),
    unresolved: Object.entries(instance?.steps ?? {}).flatMap(([path, { status }]) =>
      status === "undo-failed" ? [path] : [],
    ),
    steps,
    phases: definition ? phaseSummaries(definition, steps) : [],
    acts: history.flatMap(actOf),
    children,
  };
}

function failureOf(instance: Instance | undefined, history: readonly HistoryRow[]): SagaSummary["failure"] {
  if (instance?.stuck !== undefined) return { code: "stuck", message: instance.stuck };
  const told = history.findLast(({ kind }) => kind === "retreated" || kind === "step-failed");
  if (!told) return undefined;
  const { failure } = told.data as unknown as { failure: Failure };
  return { ...(told.step === undefined ? undefined : { step: told.step }), ...causeOf(failure) };
}

/** What the summary of a saga is made from. */
interface Source {
  readonly row: SagaRow;
  readonly instance: Instance | undefined;
  readonly history: readonly HistoryRow[];
  readonly definition: SagaDefinition | undefined;
  readonly children: readonly SagaSummary[];
}

function stepSummaries(source: Source): StepSummary[] {
  const { instance, history, definition } = source;
  const stories = tellSteps(history);
  const isPassedBy = passedBy(source);
  const nodes = definition ? stepsOf(definition) : new Map<string, StepNode>();
  const paths = new Set([...nodes.keys(), ...Object.keys(instance?.steps ?? {}), ...stories.keys()]);
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const name = nameOf(path);
    const known = byName.get(name) ?? [];
    // The definition knows an item as `*`; those that there are stand for it.
    byName.set(name, path.split("/").includes("*") ? known : [...known, path]);
  }
  return [...byName].map(([name, instances]) => {
    const node = nodes.get(name);
    return {
      name,
      ...aboutOperation(node?.action),
      instances: instances.map((path, index) =>
        instanceSummary(path, index, stories.get(path) ?? { path, updates: [] }, source, node, isPassedBy(path)),
      ),
    };
  });
}

/** The path in the definition: items of a list share it. */
function nameOf(path: string): string {
  return path
    .split("/")
    .map((segment) => (/^\d+$/.test(segment) ? "*" : segment))
    .join("/");
}

function aboutOperation(action: Action | undefined): { operation?: string; service?: string } {
  if (!action || !("operation" in action)) return {};
  const { id } = action.operation;
  return { operation: id, service: id.slice(0, id.indexOf(".")) };
}

function instanceSummary(
  path: string,
  index: number,
  story: StepStory,
  source: Source,
  node: StepNode | undefined,
  isPassedBy: boolean,
): StepInstanceSummary {
  const record = source.instance?.steps[path];
  settleTasks(story, record, node, source);
  const { forward } = story;
  const child = childOf(story, record, node, source.children);
  const status = record?.do?.phase === "backoff" ? "waiting" : statusOf(story, record?.status);
  const reply: Json | undefined = forward?.reply ?? record?.reply;
  const compensation = compensationOf(story, aboutOperation(node?.compensate).operation);
  return {
    path,
    index,
    status: status === "pending" && isPassedBy ? "skipped" : status,
    ...(forward?.startedAt === undefined ? undefined : { startedAt: isoTime(forward.startedAt) }),
    ...(forward?.endedAt === undefined ? undefined : { endedAt: isoTime(forward.endedAt) }),
    ...(forward?.request === undefined ? undefined : { request: forward.request }),
    ...(reply === undefined || reply === null ? undefined : { reply }),
    ...(record?.result === undefined ? undefined : { result: record.result }),
    ...(forward?.failure === undefined ? undefined : { failure: forward.failure }),
    ...(child && { child }),
    attempts: forward?.attempts ?? [],
    updates: story.updates,
    ...(compensation && { compensation }),
  };
}

/** Settles the attempts of which no line says that they ended: of messages without an answer, and of what was given up. */
function settleTasks(
  { forward, back }: StepStory,
  record: StepRecord | undefined,
  node: StepNode | undefined,
  { row }: Source,
): void {
  const isOver = (task: Task | undefined) => (task ? task.phase === "closed" : row.state === null);
  const isSent = (action: Action | undefined) => action === undefined || action.kind === "send";
  if (isOver(record?.do)) settle(forward, isSent(node?.action), row.updatedAt);
  if (isOver(record?.undo)) settle(back, isSent(node?.compensate), row.updatedAt);
}

function settle(side: StepStory["forward"], isSent: boolean, now: number): void {
  if (isSent) settleSent(side);
  else giveUp(side, now);
}

/** The saga that the step has started last. */
function childOf(
  { forward }: StepStory,
  record: StepRecord | undefined,
  node: StepNode | undefined,
  children: readonly SagaSummary[],
): StepInstanceSummary["child"] {
  const action = node?.action;
  if (record?.child === undefined && action?.kind !== "child") return undefined;
  // The id follows from the message that started it, and when: the history has both.
  const ids = (forward?.attempts ?? []).map(({ messageId, sentAt }) => childId(messageId, Date.parse(sentAt)));
  const id = record?.child ?? ids.at(-1);
  if (id === undefined) return undefined;
  const child = children.find((one) => one.id === id);
  const type = child?.type ?? (action?.kind === "child" ? action.saga.type : "unknown");
  return { id, type, ...(child?.key === undefined ? undefined : { key: child.key }) };
}

/** Tells whether a step that has not started never will: another way was taken, or the saga goes forward no more. */
function passedBy({ row, instance, history }: Source): (path: string) => boolean {
  const isOver = isFinished(row.status) || instance?.retreat !== undefined || row.status === "compensating";
  const taken = history.flatMap(({ kind, step = "", data }) => {
    const isChoice = kind === "branch-taken" || kind === "group-decided";
    return isChoice ? [{ group: `${step}/`, own: `${step}/${String(data)}` }] : [];
  });
  return (path) =>
    isOver ||
    taken.some(({ group, own }) => path.startsWith(group) && path !== own && !path.startsWith(`${own}/`)) ||
    Object.entries(instance?.groups ?? {}).some(
      ([group, { status }]) => status === "skipped" && path.startsWith(`${group}/`),
    );
}

// Of several steps the first of these stands for all.
const weights: readonly StepInstanceSummary["status"][] = [
  "compensation-failed",
  "compensating",
  "failed",
  "unknown",
  "open",
  "waiting",
  "compensated",
];

function phaseSummaries(definition: SagaDefinition, steps: readonly StepSummary[]): PhaseSummary[] {
  return phasesIn(definition.root).map((phase) => {
    const names = new Set(stepsOf({ root: phase.body }).keys());
    const instances = steps.filter(({ name }) => names.has(name)).flatMap((step) => step.instances);
    const status = rolledUp(instances.map((one) => one.status));
    const started = instances.flatMap(({ startedAt }) => startedAt ?? []).sort()[0];
    const ended = instances
      .flatMap(({ endedAt }) => endedAt ?? [])
      .sort()
      .at(-1);
    const isOver = instances.every((one) => one.endedAt !== undefined || one.status === "skipped");
    return {
      name: phase.name,
      status,
      ...(started === undefined ? undefined : { startedAt: started }),
      ...(ended === undefined || !isOver ? undefined : { endedAt: ended }),
      steps: instances.map(({ path }) => path),
    };
  });
}

function rolledUp(statuses: readonly StepInstanceSummary["status"][]): StepInstanceSummary["status"] {
  const heaviest = weights.find((one) => statuses.includes(one));
  if (heaviest !== undefined) return heaviest;
  const isPending = statuses.includes("pending");
  if (statuses.includes("succeeded")) return isPending ? "open" : "succeeded";
  return isPending || statuses.length === 0 ? "pending" : "skipped";
}

function phasesIn(node: Node): PhaseNode[] {
  const inner = childrenOf(node).flatMap(phasesIn);
  // An asynchronous call is a phase of its own, and to its author a step.
  return node.kind === "phase" && !node.path.endsWith(":all") ? [node, ...inner] : inner;
}

function actOf(row: HistoryRow): ActSummary[] {
  const line = operatorLine(row);
  // A wish that is refused later has nobody's name: the act itself has its own line.
  if (line?.by === undefined) return [];
  const { action, by, why, refused } = line;
  return [
    {
      at: isoTime(row.at),
      action: action as OperatorAction,
      ...(row.step === undefined ? undefined : { step: row.step }),
      by,
      why,
      ...(refused === undefined ? undefined : { refused }),
    },
  ];
}
