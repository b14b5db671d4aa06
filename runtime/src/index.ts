// biome-ignore-all assist/source/organizeImports: in the order in which one meets them
/** The runtime of generated contracts. */
export { type ClientOptions, createClient } from "./client/client.js";
export { isFailure, RequestFailed } from "./client/errors.js";
export type { FailureOf } from "./contract/contract-types.js";
export { serve, type ServeOptions, type Server, subscribe, type SubscribeOptions } from "./server/serve.js";
export { notImplemented } from "./server/serve.js";
export { type ErrorCode, SagaspecError, TerminalError } from "./core/errors.js";

export { saga } from "./saga/define/builder.js";
export type { Saga, SagaOptions } from "./saga/define/saga.js";
export type { CompensationContext, RunContext, StepContext } from "./saga/define/definition.js";
export type { SagaHandle, SagaState, StartedSaga } from "./saga/define/handle.js";
export { createSagaRunner, type SagaRunner, type SagaRunnerOptions } from "./saga/run/runner.js";
export type { OperatorVerdict } from "./saga/run/options.js";
export type { RetentionOptions } from "./saga/run/retention.js";
export type { StartOptions } from "./saga/run/starts.js";
export type { OperatorAct, OperatorAction } from "./saga/store/effects.js";
export type { Failure } from "./wire/failure.js";
export { type Duration, durationMs } from "./core/duration.js";

export { routed, type Transports } from "./messaging/routed.js";
export type { Credentials } from "./messaging/servers.js";

// What transports, stores and inboxes are made of; a store is written with `@sagaspec/runtime/store`.
export type {
  Endpoint,
  Incoming,
  Message,
  Outgoing,
  Refused,
  SendResult,
  Source,
  Subscription,
  Transport,
  Settlement,
} from "./messaging/transport.js";
export type { Claim, Claimed, Finish, Finished, Inbox, InboxAdmin, RecordedReply } from "./messaging/inbox.js";
export type { Kept, Outbox } from "./messaging/outbox.js";
export type { HistoryRow, SagaRow, SagaStatus, SagaStore } from "./saga/store/saga-store.js";
export type { Logger, Problem, ProblemKind, ProblemLocation, ProblemOptions } from "./core/problems.js";
export type { Json } from "./codegen.js";
export { type Clock, systemClock } from "./core/clock.js";
