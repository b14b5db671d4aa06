// What has occurred in histories: which steps and groups began, with which options, and what people did to sagas.

import type { OperatorAction, SagaOptions } from "@sagaspec/runtime";
import type { FinishedHistory } from "@sagaspec/runtime/testing";
import type { RetryOptions } from "../../../runtime/src/saga/define/common-options.js";
import type { Command, GroupNode, SagaDefinition, StepNode } from "../../../runtime/src/saga/define/definition.js";
import type { EachOptions, ParallelOptions, PhaseOptions } from "../../../runtime/src/saga/define/groups.js";
import { groupAt, stepAt } from "../../../runtime/src/saga/define/nodes.js";
import type { StepOptions } from "../../../runtime/src/saga/define/options.js";
import type { HistoryKind } from "../../../runtime/src/saga/store/history.js";
import type { Instance } from "../../../runtime/src/saga/store/instance.js";

type FinishedSaga = FinishedHistory["sagas"][number];
type Keys<T> = T extends unknown ? keyof T : never;
// biome-ignore lint/suspicious/noExplicitAny: of every type, only the names of the options count
type AnyStep = StepOptions<any, any, any, any, any, any, any, boolean, "fail" | "continue">;
type Told<Options extends string, Node> = { readonly [option in Options]: (node: Node) => boolean };

const command = ({ action }: StepNode) => (action && "retry" in action ? action : undefined);
const wait = ({ action }: StepNode) => (action?.kind === "wait" ? action : undefined);
const isKind = (kind: string) => (step: StepNode) => step.action?.kind === kind;
const addressing = ({ action }: StepNode) => (action?.kind === "call" || action?.kind === "send" ? action : undefined);

/** Every option of a step, and how a step is recognised that has it; the simulation's contracts leave no address open. */
const stepOptions: Told<
  Exclude<Keys<AnyStep>, "address"> | Exclude<keyof RetryOptions, "attempts" | "backoff">,
  StepNode
> = {
  call: isKind("call"),
  send: isKind("send"),
  run: isKind("run"),
  wait: isKind("wait"),
  child: isKind("child"),
  sleep: ({ action }) => action?.kind === "sleep" && action.durationMs !== undefined,
  sleepUntil: ({ action }) => action?.kind === "sleep" && action.until !== undefined,
  with: (step) => addressing(step) !== undefined,
  transaction: ({ action }) => action?.kind === "run" && action.transactional,
  compensate: ({ compensate }) => compensate !== undefined,
  pivot: ({ pivot }) => pivot,
  when: ({ when }) => when !== undefined,
  warnAfter: ({ warnAfterMs }) => warnAfterMs !== undefined,
  milestone: ({ milestone }) => milestone !== undefined,
  deadline: ({ deadlineMs }) => deadlineMs !== undefined,
  timeout: (step) => ![undefined, 30_000, 2_000].includes(command(step)?.timeoutMs),
  retry: (step) => (command(step)?.retry.attempts ?? 1) > 1,
  factor: (step) => (command(step)?.retry.factor ?? 2) !== 2,
  maxBackoff: (step) => (command(step)?.retry.maxBackoffMs ?? 60_000) !== 60_000,
  jitter: (step) => (command(step)?.retry.jitter ?? 0.2) !== 0.2,
  on: (step) => command(step)?.retry.on.includes("error") ?? false,
  poll: ({ poll }) => poll !== undefined,
  onReply: ({ onReply }) => onReply !== undefined,
  onFailure: ({ onFailure }) => onFailure !== undefined,
  parameters: (step) => addressing(step)?.parameters !== undefined,
  headers: (step) => addressing(step)?.headers !== undefined,
  key: (step) => wait(step)?.key !== undefined,
  match: (step) => wait(step)?.match !== undefined,
  until: (step) => wait(step)?.until !== undefined,
  onTimeout: (step) => wait(step)?.onTimeout === "continue",
  outOfOrder: (step) => wait(step)?.outOfOrder === "skip-to",
};

/** What tells steps apart beside their options. */
const stepShapes: Told<string, StepNode> = {
  "compensation only": ({ action }) => action === undefined,
  "undone by call": undoneBy("call"),
  "undone by send": undoneBy("send"),
  "undone by run": undoneBy("run"),
  "undone by a child": ({ compensate }) => compensate?.kind === "child",
  "undone in a transaction": ({ compensate }) => compensate?.kind === "run" && compensate.transactional,
  "a child that is left as it is": ({ action, compensate }) => action?.kind === "child" && !compensate,
  "a wait that ignores what is early": (step) => wait(step)?.outOfOrder === "ignore",
  "a function that is asked again": ({ action, poll }) => action?.kind === "run" && poll !== undefined,
  "a part of an asynchronous call": ({ name }) => name.endsWith(":call"),
};

const groupOptions: Told<keyof ParallelOptions<0, 0, "all", 0> | keyof EachOptions<0, 0, 0, 0>, GroupNode> &
  Told<Exclude<keyof PhaseOptions<0, 0, 0>, "steps">, GroupNode> = {
  mode: (node) => node.kind === "parallel" && node.mode === "any",
  rest: (node) => node.kind === "parallel" && node.rest === "leave",
  members: (node) => node.kind === "parallel" && Object.values(node.members).some((one) => one.dependsOn.length > 0),
  of: (node) => node.kind === "each",
  concurrency: (node) => node.kind === "each" && node.concurrency !== 10,
  steps: (node) => node.kind === "parallel" && Object.values(node.members).some((one) => one.node.kind === "sequence"),
  timeout: (node) => node.kind === "phase" && node.timeoutMs !== undefined,
  warnAfter: (node) => node.kind === "phase" && node.warnAfterMs !== undefined,
};

const sagaOptions: Told<keyof SagaOptions<0>, SagaDefinition> = {
  version: ({ version }) => version > 1,
  input: ({ input }) => input !== undefined,
  lateSuccess: ({ lateSuccess }) => lateSuccess === "record",
  deadline: ({ deadlineMs }) => deadlineMs !== undefined,
  warnAfter: ({ warnAfterMs }) => warnAfterMs !== undefined,
  startOn: ({ start }) => start?.on !== undefined,
  schedule: ({ start }) => start?.schedule !== undefined,
};

const acts: { readonly [action in OperatorAction]: true } = {
  cancel: true,
  "cancel-without-compensation": true,
  compensate: true,
  pause: true,
  resume: true,
  retry: true,
  skip: true,
  "mark-done": true,
  patch: true,
};

/** Everything that must have occurred. */
export const features: readonly string[] = [
  ...Object.keys(stepOptions).map((name) => `step: ${name}`),
  ...Object.keys(stepShapes).map((name) => `step: ${name}`),
  ...["branch", "parallel", "each", "phase"].map((kind) => `group: ${kind}`),
  ...Object.keys(groupOptions).map((name) => `group: ${name}`),
  ...Object.keys(sagaOptions).map((name) => `saga: ${name}`),
  "saga: answers",
  ...Object.keys(acts).flatMap((action) => [`act: ${action}`]),
  ...["cancel", "compensate", "retry", "patch"].map((action) => `act refused: ${action}`),
];

const lineKinds: { readonly [kind in HistoryKind]: boolean } = {
  started: true,
  "step-started": true,
  "step-retried": true,
  "step-resent": true,
  "step-succeeded": true,
  "step-attempt-failed": true,
  "step-failed": true,
  "step-skipped": true,
  "poll-repeated": true,
  "message-kept": true,
  "message-passed": true,
  // More rounds than a history of the simulation has.
  repeated: false,
  "branch-taken": true,
  "each-started": true,
  "group-decided": true,
  milestone: true,
  "sla-warning": true,
  "deadline-passed": true,
  "child-needs-attention": true,
  "asked-again": true,
  "undo-wanted": true,
  retreated: true,
  "compensation-started": true,
  "compensation-retried": true,
  "compensation-resent": true,
  "compensation-succeeded": true,
  "compensation-attempt-failed": true,
  "compensation-failed": true,
  "late-reply": true,
  undeliverable: true,
  // A mistake of the engine's, or of a saga's author.
  "event-failed": false,
  operated: true,
  ended: true,
};

/** Every kind of line that must stand in some history. */
export const lines: readonly string[] = Object.entries(lineKinds).flatMap(([kind, isDue]) => (isDue ? [kind] : []));

const calls = [
  ...["prepare", "subscribe", "load", "pending", "commit", "housekeeping", "transact", "events", "send"],
  ...["claim", "finish", "unsent", "sent", "renew"],
];

/** Every place where a process must have died: before and after each call to the store, the inbox and the broker. */
export const boundaries: readonly string[] = [
  ...calls.flatMap((call) => [`before ${call}`, `after ${call}`]),
  "inside transact",
  "before settle",
];

/** What has occurred in a saga. */
export function featuresOf(definition: SagaDefinition, saga: FinishedSaga): readonly string[] {
  const { steps, groups = {} } = saga.state as unknown as Instance;
  const begun = Object.keys(steps).flatMap((path) => stepAt(definition, path) ?? []);
  const opened = Object.keys(groups).flatMap((path) => groupAt(definition, path) ?? []);
  const operated = saga.history
    .filter(({ kind }) => kind === "operated")
    .map(({ data }) => data as unknown as Operated);
  return [
    ...begun
      .flatMap((step) => [...having(stepOptions, step), ...having(stepShapes, step)])
      .map((name) => `step: ${name}`),
    ...opened.flatMap((node) => [node.kind, ...having(groupOptions, node)]).map((name) => `group: ${name}`),
    ...having(sagaOptions, definition).map((name) => `saga: ${name}`),
    ...(definition.start?.answer ? ["saga: answers"] : []),
    ...operated.map(({ action, refused }) => `${refused === undefined ? "act" : "act refused"}: ${action}`),
  ];
}

interface Operated {
  readonly action: string;
  readonly refused?: string;
}

function undoneBy(kind: Command["kind"]) {
  return ({ compensate }: StepNode) => compensate?.kind === kind;
}

function having<Node>(told: Told<string, Node>, node: Node): string[] {
  return Object.entries(told).flatMap(([name, has]) => (has(node) ? [name] : []));
}
