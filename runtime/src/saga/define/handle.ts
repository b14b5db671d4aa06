import type { Duration } from "../../core/duration.js";
import type { Failure } from "../../wire/failure.js";
import type { SagaStatus } from "../store/saga-store.js";

/** Where a saga stands. */
export interface SagaState<Results = unknown> {
  readonly id: string;
  readonly status: SagaStatus;
  /** What the steps gave so far, by name. Complete when the status is `completed`. */
  readonly results: Partial<Results>;
  /** Why the saga turned back, or why it needs attention. */
  readonly failure?: Failure & { readonly step?: string };
  /** Steps whose compensation has failed. */
  readonly unresolved: readonly string[];
}

/** What a start gives: a new saga, or the one that there is of that key or id. */
export interface StartedSaga<Results = unknown> extends SagaHandle<Results> {
  /** Whether this call has started it. */
  readonly isNew: boolean;
  /** Of its definition. A saga that was there already may be of another version: then its results are that version's. */
  readonly version: number;
}

/** A saga that has been started, here or elsewhere. */
export interface SagaHandle<Results = unknown> {
  readonly id: string;
  /** Where it stands now. */
  status(): Promise<SagaState<Results>>;
  /**
   * Waits until nothing more happens by itself: it is completed, compensated, cancelled, or needs attention.
   * @throws SagaspecError `timeout` when it takes longer; the saga goes on. @default timeout "30s"
   */
  result(options?: { readonly timeout?: Duration | number }): Promise<SagaState<Results>>;
}
