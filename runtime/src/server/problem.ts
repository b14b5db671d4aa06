/** Something that went wrong on the answering end and that no caller may ever see. */
export interface Problem {
  /** `unavailable`: inbox or transport did not do their part; it is tried again. */
  readonly kind: "dead-letter" | "handler-error" | "lost-execution" | "unavailable";
  /** Id of the operation, where it is known. */
  readonly operation?: string;
  readonly messageId: string;
  readonly reason: string;
  readonly error?: unknown;
}
