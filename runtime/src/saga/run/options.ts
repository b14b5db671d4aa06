import type { MessageContext } from "../../codegen.js";
import type { Clock } from "../../core/clock.js";
import type { Duration } from "../../core/duration.js";
import type { ProblemOptions } from "../../core/problems.js";
import type { Transport } from "../../messaging/transport.js";
import type { SagaDefinition } from "../define/definition.js";
import type { SagaHandle, StartedSaga } from "../define/handle.js";
import type { Saga } from "../define/saga.js";
import type { OperatorAct } from "../store/effects.js";
import type { HistoryRow, SagaAdmin, SagaRow, SagaStatus, SagaStore } from "../store/saga-store.js";
import type { OpenAddresses } from "./definitions.js";
import type { RetentionOptions } from "./retention.js";
import type { StartOptions } from "./starts.js";

/** Whether others hear of sagas. */
export interface LifecycleOptions {
  /** Committed with the transition, and sent at least once, in the order of a saga's history as far as the broker keeps it. */
  readonly publish?: boolean;
}

/** What a saga runner works with. */
export interface SagaRunnerOptions extends ProblemOptions {
  /** The service that the sagas belong to. With the store's name it names the queue of their replies. */
  readonly service: string;
  /** Every definition, and every version of it, that has sagas under way. */
  readonly sagas: readonly SagaDefinition[];
  readonly store: SagaStore;
  readonly transport: Transport;
  /**
   * Where messages of steps go whose document leaves that open (`address: null`), by the operation's id: an address, or a
   * function of the payload. A step's own `address` comes first.
   * @example addresses: { "restaurant.createTicket": ({ city }) => `tickets.${city}` }
   */
  readonly addresses?: OpenAddresses;
  /** @default the machine's */
  readonly clock?: Clock;
  /** Hears the history of every saga as it is committed. */
  readonly observe?: (rows: readonly HistoryRow[], saga: SagaRow) => void;
  /** How long replies must have come in freely before a missing one counts as a timeout. @default "2s" */
  readonly settleTime?: Duration | number;
  /** Functions of `run` steps at a time. @default 100 */
  readonly maxRuns?: number;
  /** Replies taken from the broker before they are settled. @default 512 */
  readonly prefetch?: number;
  /** Starts being committed at a time; further ones wait. @default 1_000 */
  readonly maxStarting?: number;
  /** Sagas whose transitions share a commit. @default 256 */
  readonly maxBatch?: number;
  /** Commits under way at a time: each takes a connection of the store's. @default 2 */
  readonly maxBatches?: number;
  /** Sagas kept in memory while nothing happens to them. @default 10_000 */
  readonly maxCached?: number;
  /** Tell others what becomes of the sagas: the contract is `sagasEvents` of `@sagaspec/runtime/admin`. @default off */
  readonly lifecycle?: LifecycleOptions;
  /** What becomes of sagas that have finished, in a store that is a {@link SagaAdmin} as well; ours are. */
  readonly retention?: RetentionOptions;
}

/** What has become of an act. */
export interface OperatorVerdict {
  readonly id: string;
  /** Where the saga stands now. */
  readonly status: SagaStatus;
  /** Why nothing was changed. Absent for an act that was carried out. The history has both. */
  readonly refused?: string;
}

/** Runs sagas: any number of runners share a store and a broker, and none of them owns a saga. */
export interface SagaRunner {
  /** Listens for replies, takes over what was left, and keeps sagas, and the process, going until it is closed. */
  start(): Promise<void>;
  /**
   * Starts a saga. Resolves once its beginning is durable, with the saga there is when the key, or the id, is taken:
   * `isNew` says which, `version` of what version it is.
   * @throws SagaspecError `invalid-message` for an input that breaks its schema; `conflict` where the saga of that key was
   * started with another input, unless `allowOtherInput` is set
   */
  run<Input, Results>(saga: Saga<Input, Results>, input: Input, options?: StartOptions): Promise<StartedSaga<Results>>;
  /** A saga started before, here or elsewhere. */
  handle<Results = unknown>(id: string): SagaHandle<Results>;
  /**
   * A handler for the operation that the saga `answers`: starts it, and leaves the answer to it.
   * @throws SagaspecError `invalid-usage` for a saga that answers nothing
   * @example await serve(order, { createOrder: sagas.handler(createOrder) }, transport);
   */
  handler<Input, Results>(saga: Saga<Input, Results>): (payload: unknown, context: MessageContext) => Promise<never>;
  /**
   * Acts on a saga for a person. An act that is refused, as cancelling is once the pivot has been passed, changes
   * nothing, and resolves as well: the verdict and the saga's history say why.
   * @throws SagaspecError `unknown-saga`
   */
  operate(id: string, act: OperatorAct): Promise<OperatorVerdict>;
  /** Takes nothing more, lets what is under way end, and releases every timer. Store and transport stay open. */
  close(options?: { readonly timeout?: Duration | number }): Promise<void>;
}
