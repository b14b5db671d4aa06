import type { Json } from "../codegen.js";
import type { Duration } from "../core/duration.js";
import type { OperatorVerdict } from "../saga/run/options.js";
import type { OperatorAct } from "../saga/store/effects.js";
import type { HistoryRow, SagaFilter, SagaRow } from "../saga/store/saga-store.js";
import type { Finding, OperationUse } from "./check.js";
import type { SagaHead } from "./head.js";
import type { SagaSummary } from "./summary.js";

/** Where a saga stands, in a line. */
export interface SagaOverview extends SagaHead {
  /** Paths of the steps that are open. */
  readonly openSteps: readonly string[];
  /** When something is due next. */
  readonly dueAt?: string;
}

/** Some sagas, the youngest first. */
export interface SagaPage {
  readonly sagas: readonly SagaOverview[];
  /** `after` of the next page. Absent on the last one. */
  readonly next?: string;
}

/** How many sagas an act on many may reach. */
export interface BulkOptions {
  /** The rest is left alone, and `next` says where it begins. @default 1_000 */
  readonly limit?: number;
}

/** What has become of an act on many sagas. */
export interface BulkVerdict {
  readonly applied: number;
  /** Sagas that refused, and those that could not be asked, each with the reason. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
  /** `after` of the filter for those that the limit has left out. */
  readonly next?: string;
}

/** A saga to start. */
export interface StartRequest {
  /** Business key: a second start with the same key gives the saga there is. */
  readonly key?: string;
  /** @default the newest that is registered */
  readonly version?: number;
}

/** Looks at sagas and acts on them. Every act is a transition like any other, and a line in the saga's history. */
export interface Admin {
  /** Sagas that match, the youngest first, page by page. */
  list(filter?: SagaFilter): Promise<SagaPage>;
  /** The saga as it is stored; undefined for none. */
  get(id: string): Promise<SagaRow | undefined>;
  /** The saga of a business key; undefined for none. */
  find(type: string, key: string): Promise<SagaOverview | undefined>;
  /**
   * What has been asked of whom, how often, and what came of it: made from the history, so that finished sagas have one
   * too for as long as they are kept.
   * @throws SagaspecError `unknown-saga`
   */
  summary(id: string): Promise<SagaSummary>;
  /** Everything that has happened to a saga, in order. */
  history(id: string): Promise<readonly HistoryRow[]>;
  /**
   * Acts on one saga. A refused act changes nothing, and resolves with the reason.
   * @throws SagaspecError `unknown-saga`; `definition-changed` where exactly its definition is not registered;
   * `invalid-message` for a patch whose `input` breaks its schema
   * @example await admin.act(id, { action: "retry", step: "payment", by: "ada", why: "the bank is back" });
   */
  act(id: string, act: OperatorAct): Promise<OperatorVerdict>;
  /** Acts on every saga that matches, one by one. */
  actOnAll(filter: SagaFilter, act: OperatorAct, options?: BulkOptions): Promise<BulkVerdict>;
  /**
   * Starts a saga of a registered definition. Whichever worker finds it carries it out.
   * @throws SagaspecError `unknown-saga` for a type that is not registered, `invalid-message` for an input that breaks
   * its schema
   */
  start(type: string, input: Json, request?: StartRequest): Promise<SagaOverview>;
  /** Compares the registered definitions with the sagas under way and with themselves. Nothing found: an empty list. */
  check(): Promise<readonly Finding[]>;
  /** What the registered sagas call, send and wait for, to be compared with the documents. */
  operations(): readonly OperationUse[];
  /**
   * Deletes sagas that have finished so long ago, with their history. A reply that comes later is dead-lettered as
   * `unknown-saga`. Answers how many.
   */
  purge(finishedFor: Duration | number): Promise<number>;
  /** Closes the store, unless it belongs to a runner. */
  close(): Promise<void>;
}
