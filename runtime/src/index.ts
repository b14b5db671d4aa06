/** The runtime of generated contracts, in the order in which one meets it. */
export { type ClientOptions, createClient } from "./client.js";
export { type Clock, systemClock } from "./clock.js";
export type { Json } from "./codegen.js";
export { type Duration, durationMs } from "./duration.js";

export { type ErrorCode, SagaspecError, TerminalError } from "./errors.js";
export { type FailureOf, isFailure, RequestFailed } from "./failure.js";
export type { Claim, Claimed, Finish, Inbox, RecordedReply } from "./inbox.js";
export { notImplemented } from "./not-implemented.js";
export type { Problem } from "./participant.js";
export { type Saga, type SagaOptions, saga } from "./saga/builder.js";
export type { SagaHandle, SagaState } from "./saga/handle.js";
export { createSagaRunner, type SagaRunner, type SagaRunnerOptions } from "./saga/runner/runner.js";
export type { HistoryRow, SagaAdmin, SagaFilter, SagaRow, SagaStatus, SagaStore } from "./saga/store.js";
export { type ServeOptions, type Server, type SubscribeOptions, serve, subscribe } from "./serve.js";
// What transports, stores and inboxes are made of.
export type {
  Endpoint,
  Incoming,
  Message,
  Outgoing,
  Sent,
  Source,
  Subscription,
  Transport,
  Verdict,
} from "./transport.js";
