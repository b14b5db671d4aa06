import type { ActionOutline, GroupOutline, RetryOutline, SagaOutline, StepOutline } from "./outline.js";

type Shape = { readonly [key: string]: unknown };

/**
 * Recognises a saga definition by its shape, whichever copy of the runtime made it. What is no definition gives
 * undefined. Kinds of node that this reader does not know are still drawn: by their name and what they hold.
 */
export function readSaga(value: unknown, module: string, exportName: string): SagaOutline | undefined {
  const definition = definitionOf(value);
  if (definition === undefined) return undefined;
  const { type, version, hash, root, lateSuccess, input } = definition;
  if (typeof type !== "string" || typeof version !== "number" || !isNode(root)) return undefined;
  const schema = isShape(input) ? (input.schema ?? input) : undefined;
  return {
    name: type,
    version,
    hash: typeof hash === "string" ? hash : "",
    ...(lateSuccess === "compensate" || lateSuccess === "record" ? { lateSuccess } : {}),
    ...(isSchema(schema) ? { input: schema } : {}),
    steps: steps(root),
    module,
    exportName,
  };
}

/** A builder that was not finished carries its definition, or makes it. */
function definitionOf(value: unknown): Shape | undefined {
  if (!isShape(value)) return undefined;
  if (isNode(value.root)) return value;
  const { definition } = value;
  if (isShape(definition)) return definition;
  return undefined;
}

function steps(node: Shape): readonly StepOutline[] {
  if (node.kind !== "sequence") return [step(node)];
  const { nodes } = node;
  return Array.isArray(nodes) ? nodes.filter(isNode).flatMap(steps) : [];
}

function step(node: Shape): StepOutline {
  const act = action(node.action) ?? awaited(node);
  const undo = action(node.compensate);
  const name = text(node.name) ?? text(node.path) ?? String(node.kind);
  const kind = node.kind === "step" ? (act?.kind ?? "compensation") : String(node.kind);
  const deadlineMs = number(node.deadlineMs) ?? number(node.timeoutMs) ?? number(node.durationMs);
  const note = noteOf(node);
  return {
    name,
    path: text(node.path) ?? name,
    kind,
    ...(act === undefined ? {} : { action: act }),
    ...(undo === undefined ? {} : { compensate: undo }),
    pivot: node.pivot === true,
    conditional: typeof node.when === "function",
    decidesFailure: typeof node.onFailure === "function",
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(note === undefined ? {} : { note }),
    groups: node.kind === "step" ? [] : groups(node),
  };
}

/** A `wait` names the operation whose message it waits for. */
function awaited(node: Shape): ActionOutline | undefined {
  const event = node.event ?? node.on;
  const id = isShape(event) ? text(event.id) : undefined;
  return id === undefined ? undefined : { kind: String(node.kind), operation: id, transactional: false };
}

function action(value: unknown): ActionOutline | undefined {
  if (!isShape(value) || typeof value.kind !== "string") return undefined;
  const { operation } = value;
  const id = isShape(operation) ? text(operation.id) : text(operation);
  const timeoutMs = number(value.timeoutMs);
  const policy = retry(value.retry);
  return {
    kind: value.kind,
    ...(id === undefined ? {} : { operation: id }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(policy === undefined ? {} : { retry: policy }),
    transactional: value.transactional === true,
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
    on: Array.isArray(value.on) ? value.on.filter((one) => typeof one === "string") : [],
  };
}

/** Whatever of a node holds nodes is a group of it: named by its key in a record, by its property otherwise. */
function groups(node: Shape): readonly GroupOutline[] {
  return Object.entries(node).flatMap(([key, value]) => {
    if (isNode(value)) return key === "action" || key === "compensate" ? [] : [{ label: key, steps: steps(value) }];
    if (!isShape(value) && !Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([label, inner]) => {
      const held = isNode(inner) ? inner : isShape(inner) ? Object.values(inner).find(isNode) : undefined;
      if (held === undefined) return [];
      const name = isShape(inner) ? text(inner.name) : undefined;
      return [{ label: Array.isArray(value) ? (name ?? "") : label, steps: steps(held) }];
    });
  });
}

function noteOf(node: Shape): string | undefined {
  const parts = [
    text(node.mode),
    text(node.settle),
    number(node.concurrency) === undefined ? undefined : `${number(node.concurrency)} at a time`,
    isShape(node.saga) ? text(node.saga.type) : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(", ");
}

function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNode(value: unknown): value is Shape {
  return isShape(value) && typeof value.kind === "string";
}

function isSchema(value: unknown): boolean {
  return isShape(value) && (value.type !== undefined || value.$ref !== undefined || value.properties !== undefined);
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
