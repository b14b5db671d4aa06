import type { ActionOutline, GroupOutline, RetryOutline, SagaOutline, StartOutline, StepOutline } from "./outline.js";

type Shape = { readonly [key: string]: unknown };
type Node = Shape & { readonly kind: string };

/**
 * Recognises a saga definition by its shape, whichever copy of the runtime made it. What is no definition gives
 * undefined. Kinds of node that this reader does not know are still drawn: by their name and what they hold.
 */
export function readSaga(value: unknown, module: string, exportName: string): SagaOutline | undefined {
  if (!isShape(value)) return undefined;
  const { type, version, root, input } = value;
  if (typeof type !== "string" || typeof version !== "number" || !isNode(root)) return undefined;
  return {
    name: type,
    version,
    hash: text(value.hash) ?? "",
    steps: steps(root),
    module,
    exportName,
    ...known({
      lateSuccess: oneOf(value.lateSuccess, ["compensate", "record"] as const),
      input: isSchema(input) ? input : undefined,
      deadlineMs: number(value.deadlineMs),
      start: start(value.start),
    }),
  };
}

function steps(node: Node): readonly StepOutline[] {
  if (node.kind !== "sequence") return [step(node)];
  return list(node.nodes).filter(isNode).flatMap(steps);
}

function step(node: Node): StepOutline {
  const act = action(node.action);
  const name = text(node.name) ?? text(node.path) ?? node.kind;
  return {
    name,
    path: text(node.path) ?? name,
    kind: node.kind === "step" ? (act?.kind ?? "compensation") : node.kind,
    pivot: node.pivot === true,
    conditional: typeof node.when === "function",
    decidesFailure: typeof node.onFailure === "function",
    groups: node.kind === "step" ? [] : groups(node),
    ...known({
      action: act,
      compensate: action(node.compensate),
      deadlineMs: number(node.deadlineMs) ?? number(node.timeoutMs),
      mode: oneOf(node.mode, ["all", "any"] as const),
      concurrency: number(node.concurrency),
      poll: poll(node.poll),
      milestone: text(node.milestone),
    }),
  };
}

function action(value: unknown): ActionOutline | undefined {
  if (!isShape(value) || typeof value.kind !== "string") return undefined;
  return {
    kind: value.kind,
    transactional: value.transactional === true,
    ...known({
      operation: isShape(value.operation) ? text(value.operation.id) : undefined,
      saga: isShape(value.saga) ? text(value.saga.type) : undefined,
      timeoutMs: number(value.timeoutMs),
      durationMs: number(value.durationMs),
      onTimeout: oneOf(value.onTimeout, ["fail", "continue"] as const),
      retry: retry(value.retry),
    }),
  };
}

function retry(value: unknown): RetryOutline | undefined {
  if (!isShape(value)) return undefined;
  const attempts = number(value.attempts);
  if (attempts === undefined) return undefined;
  return {
    attempts,
    backoffMs: number(value.backoffMs) ?? 0,
    factor: number(value.factor) ?? 1,
    maxBackoffMs: number(value.maxBackoffMs) ?? 0,
    on: list(value.on).filter((one) => typeof one === "string"),
  };
}

function poll(value: unknown): StepOutline["poll"] {
  const everyMs = isShape(value) ? number(value.everyMs) : undefined;
  const deadlineMs = isShape(value) ? number(value.deadlineMs) : undefined;
  return everyMs === undefined || deadlineMs === undefined ? undefined : { everyMs, deadlineMs };
}

function start(value: unknown): StartOutline | undefined {
  if (!isShape(value)) return undefined;
  const { answer, on, schedule } = value;
  // A list; of older runtimes a single one.
  const messages = (Array.isArray(on) ? on : [on]).map((one: unknown) => isShape(one) && one.message);
  const operations = [isShape(answer) && answer.call, ...messages]
    .map((operation) => (isShape(operation) ? text(operation.id) : undefined))
    .filter((id) => id !== undefined);
  const cron = isShape(schedule) ? text(schedule.cron) : undefined;
  return operations.length === 0 && cron === undefined ? undefined : { operations, ...known({ cron }) };
}

/**
 * Every member of a node that holds nodes is a group: the cases of a branch and the members of a `parallel` under their
 * keys, a single body without a name.
 */
function groups(node: Shape): readonly GroupOutline[] {
  return Object.values(node).flatMap((value): readonly GroupOutline[] => {
    if (isNode(value)) return [{ label: "", steps: steps(value) }];
    if (!isShape(value)) return [];
    return Object.entries(value).flatMap(([name, held]) => {
      const inner = isShape(held) && !isNode(held) ? held.node : held;
      if (!isNode(inner)) return [];
      const after = isShape(held) ? list(held.dependsOn).filter((one) => typeof one === "string") : [];
      return [{ label: after.length === 0 ? name : `${name}, after ${after.join(", ")}`, steps: steps(inner) }];
    });
  });
}

function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNode(value: unknown): value is Node {
  return isShape(value) && typeof value.kind === "string";
}

function isSchema(value: unknown): value is Shape {
  return (
    isShape(value) && ["type", "$ref", "properties", "oneOf", "allOf"].some((keyword) => value[keyword] !== undefined)
  );
}

/** The members that have a value: an absent one is left out rather than undefined. */
function known<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const there = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}

function oneOf<const Choice extends string>(value: unknown, choices: readonly Choice[]): Choice | undefined {
  return choices.find((choice) => choice === value);
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
