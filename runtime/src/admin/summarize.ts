/** From a saga's row and history to its summary. */
import type { Json } from "../codegen.js";
import { type Action, type SagaDefinition, type StepNode, stepsOf } from "../saga/define/definition.js";
import { operatorLine } from "../saga/run/operator-line.js";
import { instanceOf } from "../saga/run/plan.js";
import type { OperatorAction } from "../saga/store/effects.js";
import type { Instance } from "../saga/store/instance.js";
import type { HistoryRow, SagaRow } from "../saga/store/saga-store.js";
import type { Failure } from "../wire/failure.js";
import { headOf, isoTime } from "./head.js";
import { causeOf, compensationOf, type StepStory, statusOf, tellSteps } from "./step-story.js";
import type { ActSummary, SagaSummary, StepInstanceSummary, StepSummary } from "./summary.js";

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
  return {
    ...headOf(row),
    ...(ended && row.cursor.length === 0 ? { endedAt: isoTime(ended.at) } : undefined),
    input: instance?.input ?? history.find(({ kind }) => kind === "started")?.data ?? null,
    seq: history.at(-1)?.seq ?? 0,
    ...(failure && { failure }),
    unresolved: Object.entries(instance?.steps ?? {}).flatMap(([path, { status }]) =>
      status === "undo-failed" ? [path] : [],
    ),
    steps: stepSummaries(instance, history, definition),
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

function stepSummaries(
  instance: Instance | undefined,
  history: readonly HistoryRow[],
  definition: SagaDefinition | undefined,
): StepSummary[] {
  const stories = tellSteps(history);
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
        instanceSummary(path, index, stories.get(path) ?? { path, updates: [] }, instance, node),
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
  instance: Instance | undefined,
  node: StepNode | undefined,
): StepInstanceSummary {
  const record = instance?.steps[path];
  const { forward } = story;
  const reply: Json | undefined = forward?.reply ?? record?.reply;
  const compensation = compensationOf(story, aboutOperation(node?.compensate).operation);
  return {
    path,
    index,
    status: record?.do?.phase === "backoff" ? "waiting" : statusOf(story, record?.status),
    ...(forward?.startedAt === undefined ? undefined : { startedAt: isoTime(forward.startedAt) }),
    ...(forward?.endedAt === undefined ? undefined : { endedAt: isoTime(forward.endedAt) }),
    ...(forward?.request === undefined ? undefined : { request: forward.request }),
    ...(reply === undefined || reply === null ? undefined : { reply }),
    ...(record?.result === undefined ? undefined : { result: record.result }),
    ...(forward?.failure === undefined ? undefined : { failure: forward.failure }),
    attempts: forward?.attempts ?? [],
    updates: story.updates,
    ...(compensation && { compensation }),
  };
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
