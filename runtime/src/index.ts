/** The runtime of generated contracts, in the order in which one meets it. */
export { type ClientOptions, createClient } from "./client.js";
export { type Clock, systemClock } from "./clock.js";
export { type Duration, durationMs } from "./duration.js";
export { type ErrorCode, SagaspecError, TerminalError } from "./errors.js";
export { type FailureOf, isFailure, RequestFailed } from "./failure.js";
export type { Claim, Claimed, Finish, Inbox, RecordedReply } from "./inbox.js";
export { notImplemented } from "./not-implemented.js";
export type { Problem } from "./participant.js";
export { type ServeOptions, type Server, type SubscribeOptions, serve, subscribe } from "./serve.js";
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
