import type { Clock } from "../../core/clock.js";
import type { ReportProblem } from "../../core/problems.js";
import type { EarlyAnswer, RawRequest } from "./listener.js";
import type { SignatureCheck } from "./signatures.js";

/** What the parts of a transport share: its options, with defaults, and whether it stops. */
export interface HttpContext {
  readonly clock: Clock;
  readonly report: ReportProblem;
  readonly maxBodyBytes: number;
  readonly maxReplyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly maxRequests: number;
  readonly retryAfterSeconds: number;
  /** Longest wait for a reply, and for a message without one to be taken. */
  readonly answerMs: number;
  readonly acceptMs: number;
  readonly stopMs: number;
  readonly requestMs: number;
  readonly connectMs: number;
  readonly longestRetryAfterMs: number;
  readonly maxSockets: number;
  readonly maxWaiting: number;
  readonly keepAliveMs: number;
  readonly keyForm: "quoted" | "bare";
  readonly before: ((request: RawRequest) => EarlyAnswer | undefined | Promise<EarlyAnswer | undefined>) | undefined;
  readonly signature: SignatureCheck | { readonly [service: string]: SignatureCheck } | undefined;
  isStopping(): boolean;
}
