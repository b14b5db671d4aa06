export { type Clock, systemClock } from "./clock.js";
export { type Duration, durationMs } from "./duration.js";
export { type ErrorCode, SagaspecError, TerminalError } from "./errors.js";
export type { Inbox } from "./inbox.js";
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
