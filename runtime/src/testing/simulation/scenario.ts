/** What is simulated: sagas, the services they talk to, and what must be true in the end. */
import type { Contract, Json, Send } from "../../codegen.js";
import type { SagaDefinition } from "../../saga/define/definition.js";
import type { SagaRunnerOptions } from "../../saga/run/runner.js";
import type { HistoryRow, SagaRow } from "../../saga/store/saga-store.js";

/** A saga that is started in every history. */
export interface SimulatedSaga<Input = unknown> {
  readonly saga: SagaDefinition<Input>;
  /** What it is started with: one saga for each. @default one valid random value of its schema */
  readonly inputs?: readonly Input[];
  /** Messages of its `startOn` that are published: each starts a saga. @default none */
  readonly messages?: readonly unknown[];
  /** Requests that it answers: each starts a saga, and is sent until there is an answer. @default none */
  readonly requests?: readonly unknown[];
  /** Whether a worker has the definition; workers count from 1. @default every one has */
  readonly knownTo?: (worker: number) => boolean;
}

/** A service that answers what sagas send. */
export interface SimulatedService {
  readonly contract: Contract<unknown, object>;
  /** As `serve` takes them. They may wait with {@link SimulatedHistory.pause}, and for nothing else. */
  readonly handlers: object;
}

/** One history, as its participants and its functions see it: its time and its chance, and no other. */
export interface SimulatedHistory {
  /** A number in [0, 1) that the seed and `of` decide: the same as often as it is asked for. */
  chance(of: string): number;
  /** Waits, in virtual time. */
  pause(ms: number): Promise<void>;
  /**
   * Lets an effect of a handler happen together with the outcome that its inbox records, as in a transaction of the
   * participant's own: once, or not at all.
   */
  effect(context: { readonly messageId: string }, apply: () => void): void;
  /**
   * Publishes an event that sagas may wait for, under an id of its own, again and again until a subscriber has it. What
   * the contract does not allow ends the simulation with an error.
   */
  publish<Payload, Parameters, Headers>(
    operation: Send<Payload, Parameters, Headers>,
    payload: Payload,
    id: string,
    options?: { readonly parameters?: NoInfer<Parameters>; readonly headers?: NoInfer<Headers> },
  ): void;
}

/** A history that has come to its end. */
export interface FinishedHistory {
  readonly sagas: readonly (SagaRow & { readonly input: Json; readonly history: readonly HistoryRow[] })[];
}

/** What is simulated. */
export interface Scenario {
  readonly sagas: readonly SimulatedSaga[];
  /**
   * Services with handlers of their own. Then events come from them, and from nowhere else.
   * @default every operation that the sagas use is answered with valid random data, and refused now and then; and the
   *   events that the sagas wait for come with valid random data, most of them, after random delays
   */
  readonly participants?: readonly SimulatedService[];
  /** Further options of the workers' runners: whether lifecycle events are published, and how long finished sagas stay. */
  readonly runner?: Pick<SagaRunnerOptions, "lifecycle" | "retention">;
  /** Whether it is fine that no saga of some definition is ever completed. @default false: the simulation fails then */
  readonly mayNeverComplete?: boolean;
  /** Throws, or returns what is wrong, when something is that only the scenario knows of. */
  readonly check?: (end: FinishedHistory) => string | undefined;
}
