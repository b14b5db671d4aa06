/**
 * What can happen to a saga, in the order in which it usually does. `data` of a row holds the payload, the reply, the
 * failure or the reason.
 */
export type HistoryKind =
  /** The saga began; `data` is its input. */
  | "started"
  /** `data` is the payload. A step that sends a message without an answer has no other line. */
  | "step-started"
  /** The next attempt of the same command. */
  | "step-retried"
  /** The same attempt, sent again over a transport that had forgotten it. */
  | "step-resent"
  | "step-succeeded"
  /** An attempt failed: refused, broken, unroutable or without an answer in time. */
  | "step-attempt-failed"
  /** No further attempt: `data.outcome` says whether it is certain that nothing happened. */
  | "step-failed"
  /** A step that is not needed, that waited in vain, or that a message has passed over. */
  | "step-skipped"
  /** The answer is not the one that is waited for: asked again later. */
  | "poll-repeated"
  /** A message came before its wait; it is kept for it. */
  | "message-kept"
  /** A message came that does not end the wait. */
  | "message-passed"
  /** `poll-repeated`, `message-passed` or `message-kept` once more: `data` has the kind, how often so far, first and last. */
  | "repeated"
  /** `data` is the case. */
  | "branch-taken"
  /** `data` is the number of items. */
  | "each-started"
  /** A member is done, and the group with it; `data` is its name. */
  | "group-decided"
  /** `data` is its label. */
  | "milestone"
  /** The step, or the saga, takes its time. */
  | "sla-warning"
  /** The time of the saga, or of a phase, is over. */
  | "deadline-passed"
  /** The child saga waits for somebody to look at it. */
  | "child-needs-attention"
  /** The request that started the saga came once more. */
  | "asked-again"
  /** The parent turns back, and this saga with it. */
  | "undo-wanted"
  /** The saga turned back; `data` says why. */
  | "retreated"
  | "compensation-started"
  | "compensation-retried"
  | "compensation-resent"
  | "compensation-succeeded"
  | "compensation-attempt-failed"
  | "compensation-failed"
  /** An answer to a command that no longer waited for one. */
  | "late-reply"
  /** Nobody listens where a message without an answer was sent. */
  | "undeliverable"
  /** An event could not be applied; `data` is the error. */
  | "event-failed"
  /** An operator acted; `data` says who, what and why. */
  | "operated"
  /** `data.status` is how the saga ended, or that it needs attention. */
  | "ended";
