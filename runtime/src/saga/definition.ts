/**
 * A saga as data: a tree of nodes, of which only the functions are not plain. The builder makes it, `decide` walks it,
 * the docs site draws it.
 */
import { createHash } from "node:crypto";
import type { Json } from "../codegen.js";
import type { AnyRequest, AnySend } from "../wire/operations.js";
import type { Failure } from "./effects.js";
import type { SagaInput } from "./input.js";
import type { DefinitionRef } from "./store.js";

/** What a step's functions see, untyped: the builder's types stand in front of it. */
export type StepScope = { readonly [name: string]: Json | undefined };

/** What a step's functions may know of the saga beside its data. They read no clock. */
export interface StepContext {
  /** The saga. */
  readonly id: string;
  /** Milliseconds since 1970, by the store's clock. */
  readonly now: number;
}

/** What a compensation's `with` knows beside that. */
export interface CompensationContext extends StepContext {
  /** The payload that was sent; null where the step sent none. */
  readonly request: Json;
}

/** What a function of a `run` step is given beside its scope. It may be called more than once, and may overlap. */
export interface RunContext extends StepContext {
  /** The same for every attempt. */
  readonly idempotencyKey: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Aborted when the attempt's outcome does not count any more. */
  readonly signal: AbortSignal;
  /** The store's transaction, for a step with `transaction: true`. */
  readonly tx?: unknown;
}

/** When a failed attempt is followed by another one. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly backoffMs: number;
  readonly factor: number;
  readonly maxBackoffMs: number;
  /** Share of the backoff that varies, 0 to 1. */
  readonly jitter: number;
  readonly on: readonly Failure["kind"][];
}

export type Action =
  | {
      readonly kind: "call";
      readonly operation: AnyRequest;
      readonly with: (scope: StepScope, context: CompensationContext) => unknown;
      readonly timeoutMs: number;
      readonly retry: RetryPolicy;
    }
  | {
      readonly kind: "send";
      readonly operation: AnySend;
      readonly with: (scope: StepScope, context: CompensationContext) => unknown;
    }
  | {
      readonly kind: "run";
      readonly run: (scope: StepScope, context: RunContext) => unknown;
      readonly transactional: boolean;
      readonly timeoutMs: number;
      readonly retry: RetryPolicy;
    };

/** What becomes of a step that was refused. */
export type Resolution = "compensate" | "retry" | "park" | { readonly continueWith: unknown };

export interface StepNode {
  readonly kind: "step";
  readonly name: string;
  readonly path: string;
  /** Absent for a step that is only a compensation. */
  readonly action?: Action;
  readonly compensate?: Action;
  readonly pivot: boolean;
  readonly deadlineMs?: number;
  readonly onReply?: (scope: StepScope, context: StepContext) => unknown;
  readonly onFailure?: (scope: StepScope, context: StepContext & { readonly attempt: number }) => Resolution;
}

/** Nodes that run one after the other. */
export interface SequenceNode {
  readonly kind: "sequence";
  readonly nodes: readonly Node[];
}

export type Node = StepNode | SequenceNode;

/** A saga that a runner can run. Made by `saga(...)`. */
export interface SagaDefinition<Input = unknown> extends DefinitionRef {
  readonly input: SagaInput<Input>;
  readonly root: SequenceNode;
  /** What a success that arrives after its step was compensated does: run the compensation once more, or nothing. */
  readonly lateSuccess: "compensate" | "record";
}

const indexes = new WeakMap<SequenceNode, ReadonlyMap<string, StepNode>>();

/** The steps of a definition by path, in the order of the document. */
export function stepsOf(definition: SagaDefinition): ReadonlyMap<string, StepNode> {
  let index = indexes.get(definition.root);
  if (!index) {
    index = new Map(leaves(definition.root).map((step) => [step.path, step]));
    indexes.set(definition.root, index);
  }
  return index;
}

function leaves(node: Node): StepNode[] {
  return node.kind === "step" ? [node] : node.nodes.flatMap(leaves);
}

/**
 * Identifies the structure of a definition: paths, kinds, operations, pivot, whether there is a compensation. Durations,
 * policies and the text of functions may change under a running saga; these may not.
 */
export function definitionHash(root: SequenceNode): string {
  return createHash("sha256")
    .update(JSON.stringify(structure(root)))
    .digest("hex")
    .slice(0, 16);
}

// Keys are written in one fixed order, so that the same structure is always the same text.
function structure(node: Node): Json {
  if (node.kind === "sequence") return { kind: node.kind, nodes: node.nodes.map(structure) };
  return {
    kind: node.kind,
    path: node.path,
    action: node.action ? signature(node.action) : null,
    pivot: node.pivot,
    compensates: node.compensate !== undefined,
  };
}

function signature(action: Action): Json {
  return action.kind === "run"
    ? { kind: "run", transactional: action.transactional }
    : { kind: action.kind, operation: action.operation.id };
}
