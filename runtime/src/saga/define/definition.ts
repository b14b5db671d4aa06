/**
 * A saga as data: a tree of nodes, of which only the functions are not plain. The builder makes it, `decide` walks it,
 * the docs site draws it.
 */
import type { Json } from "../../codegen.js";
import type { Failure } from "../../wire/failure.js";
import type { AnyRequest, AnySend } from "../../wire/operations.js";
import type { DefinitionRef } from "../store/saga-store.js";
import type { SagaInput } from "./input.js";
import type { SagaStart } from "./start.js";

export { stepsOf } from "./nodes.js";

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

/**
 * What a function of a `run` step is given beside its scope. It may be called more than once, and may overlap.
 * @example run: ({ input }, { tx }: RunContext<PoolClient>) => approve(tx, input.orderId), transaction: true
 */
export interface RunContext<Tx = unknown> extends StepContext {
  /** The same for every attempt. */
  readonly idempotencyKey: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Aborted when the attempt's outcome does not count any more. */
  readonly signal: AbortSignal;
  /**
   * Headers of the trace that the saga was started in (`traceparent`, `tracestate`, `baggage`). Messages that the function
   * sends through our clients, and sagas that it starts, continue it by themselves. Undefined where there is none.
   */
  readonly trace: { readonly [name: string]: Json } | undefined;
  /**
   * With `transaction: true` the connection that commits with the saga: the client of a PostgreSQL store's pool, or the
   * `database` of an SQLite store; on a test bus what the test gives. Undefined in memory, and for every other step.
   */
  readonly tx: Tx;
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

/** A function of a saga's author. */
type Of<Result> = (scope: StepScope, context: StepContext) => Result;

/** What a message says beside its payload. */
export interface Addressing {
  /** Where the document leaves the address open. */
  readonly address?: (scope: StepScope, context: CompensationContext) => string;
  readonly parameters?: (scope: StepScope, context: CompensationContext) => { readonly [name: string]: string };
  readonly headers?: (scope: StepScope, context: CompensationContext) => { readonly [name: string]: Json };
}

/** Sends a command and waits for its answer. */
export interface CallAction extends Addressing {
  readonly kind: "call";
  readonly operation: AnyRequest;
  readonly with: (scope: StepScope, context: CompensationContext) => unknown;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
}

/** Sends a message that has no answer. */
export interface SendAction extends Addressing {
  readonly kind: "send";
  readonly operation: AnySend;
  readonly with: (scope: StepScope, context: CompensationContext) => unknown;
}

/** Calls a function of the process. */
export interface RunAction {
  readonly kind: "run";
  readonly run: (scope: StepScope, context: RunContext) => unknown;
  readonly transactional: boolean;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
}

/** The actions with an effect outside of the saga. A compensation is one of them. */
export type Command = CallAction | SendAction | RunAction;

/** Waits for a message of an event contract, told apart by its key. */
export interface WaitAction {
  readonly kind: "wait";
  readonly operation: AnySend;
  readonly key: Of<string | number>;
  readonly match: (payload: Json) => string | number | undefined;
  /** Whether a message ends the wait; without it every one does. */
  readonly until?: Of<boolean>;
  readonly timeoutMs: number;
  readonly onTimeout: "fail" | "continue";
  /** What a message does that comes before its turn. */
  readonly outOfOrder: "buffer" | "skip-to" | "ignore";
}

/** Lets time pass. */
export interface SleepAction {
  readonly kind: "sleep";
  /** How long, or until when. */
  readonly durationMs?: number;
  readonly until?: Of<number | Date>;
}

/** Another saga as a step of this one. As a compensation: that saga is compensated. */
export interface ChildAction {
  readonly kind: "child";
  readonly saga: SagaDefinition;
  readonly with: Of<unknown>;
}

export type Action = Command | WaitAction | SleepAction | ChildAction;

/** What follows a failure: the decision of `onFailure`. */
export type Resolution = "compensate" | "retry" | "park" | { readonly continueWith: unknown };

/** Repeats a step until its reply is accepted. */
export interface Poll {
  readonly until: Of<boolean>;
  readonly everyMs: number;
  readonly deadlineMs: number;
}

/** What every node with a name has. */
interface Named {
  readonly name: string;
  /** Names from the root down, joined by `/`. Inside an `each` the item is `*` here, and its index in a saga. */
  readonly path: string;
}

export interface StepNode extends Named {
  readonly kind: "step";
  /** How many segments of the path lead to each group that the step is in: what its functions see of them. */
  readonly bodies?: readonly number[];
  /** Absent for a step that is only a compensation. */
  readonly action?: Action;
  readonly compensate?: Command | ChildAction;
  readonly pivot: boolean;
  readonly when?: Of<boolean>;
  readonly deadlineMs?: number;
  readonly poll?: Poll;
  readonly warnAfterMs?: number;
  readonly milestone?: string;
  readonly onReply?: (scope: StepScope, context: StepContext) => unknown;
  readonly onFailure?: (scope: StepScope, context: StepContext & { readonly attempt: number }) => Resolution;
}

/** Nodes that run one after the other. */
export interface SequenceNode {
  readonly kind: "sequence";
  readonly nodes: readonly Node[];
}

/** One of several ways to go on. */
export interface BranchNode extends Named {
  readonly kind: "branch";
  readonly bodies?: readonly number[];
  readonly on: Of<string>;
  /** The step by whose reply it goes, where it does. */
  readonly step?: string;
  readonly cases: { readonly [name: string]: SequenceNode };
}

/** Members that run at the same time, each as soon as those that it depends on are done. */
export interface ParallelNode extends Named {
  readonly kind: "parallel";
  /** Done when all members are done, or when the first one is. */
  readonly mode: "all" | "any";
  /** What becomes of the others once any is done: undone, or left as they are. */
  readonly rest: "cancel" | "leave";
  readonly members: { readonly [name: string]: Member };
}

export interface Member {
  readonly dependsOn: readonly string[];
  readonly node: Node;
}

/** The same steps for every item of a list. */
export interface EachNode extends Named {
  readonly kind: "each";
  readonly bodies?: readonly number[];
  readonly of: Of<readonly unknown[]>;
  /** Items at a time. */
  readonly concurrency: number;
  readonly body: SequenceNode;
}

/** Steps under a name, for people, and under one timeout. Its steps stand where they would without it. */
export interface PhaseNode extends Named {
  readonly kind: "phase";
  readonly body: SequenceNode;
  readonly timeoutMs?: number;
  readonly warnAfterMs?: number;
}

/** A node that holds others, and has a record of its own. */
export type GroupNode = BranchNode | ParallelNode | EachNode | PhaseNode;

export type Node = StepNode | SequenceNode | GroupNode;

/** A saga that a runner can run. Made by `saga(...)`. */
export interface SagaDefinition<Input = unknown> extends DefinitionRef {
  readonly input: SagaInput<Input>;
  readonly root: SequenceNode;
  /** What a success that arrives after its step was compensated does: run the compensation once more, or nothing. */
  readonly lateSuccess: "compensate" | "record";
  /** The saga turns back when it takes longer. */
  readonly deadlineMs?: number;
  readonly warnAfterMs?: number;
  /** What starts the saga beside code. */
  readonly start?: SagaStart;
}
