/** A saga as the site draws it: the structure of a definition, without its functions. */
export interface SagaOutline {
  readonly name: string;
  readonly version: number;
  /** Identifies the structure: shown, so that a page can be compared with a running instance. */
  readonly hash: string;
  /** What arrives after its step was compensated: compensated once more, or only recorded. */
  readonly lateSuccess?: "compensate" | "record";
  /** JSON Schema of the input, where the definition carries one. */
  readonly input?: unknown;
  /** The saga turns back when it takes longer. */
  readonly deadlineMs?: number;
  readonly start?: StartOutline;
  readonly steps: readonly StepOutline[];
  /** The module it is defined in, and the name it is exported under. */
  readonly module: string;
  readonly exportName: string;
}

/** What starts a saga beside code. */
export interface StartOutline {
  /** Ids of the operations whose messages start it: requests that it answers, and events. */
  readonly operations: readonly string[];
  readonly cron?: string;
}

/** One step. A step with `groups` holds others: branches, parallel steps, the body of a loop. */
export interface StepOutline {
  readonly name: string;
  readonly path: string;
  /** `call`, `send`, `run`, `wait`, `sleep`, `child`, `branch`, `parallel`, `each`, `phase`, or `compensation` (undo only). */
  readonly kind: string;
  readonly action?: ActionOutline;
  readonly compensate?: ActionOutline;
  readonly pivot: boolean;
  /** Runs only when a condition holds. */
  readonly conditional: boolean;
  /** Decides itself what a failure means. */
  readonly decidesFailure: boolean;
  /** All attempts together; of a group, everything in it. */
  readonly deadlineMs?: number;
  /** Asked again until the answer is the one that is waited for. */
  readonly poll?: { readonly everyMs: number; readonly deadlineMs: number };
  /** Of a `parallel`: done when all of its members are, or any. */
  readonly mode?: "all" | "any";
  /** Of an `each`: items at a time. */
  readonly concurrency?: number;
  /** Name of the point in the process that the saga reaches with this step. */
  readonly milestone?: string;
  readonly groups: readonly GroupOutline[];
}

export interface GroupOutline {
  readonly label: string;
  readonly steps: readonly StepOutline[];
}

export interface ActionOutline {
  readonly kind: string;
  /** `<service>.<operation>`, with the message's member behind it where the operation has several. */
  readonly operation?: string;
  /** Name of a child saga. */
  readonly saga?: string;
  /** One attempt, or of a `wait` all of it. Absent where the step waits for nothing. */
  readonly timeoutMs?: number;
  /** Of a `sleep` whose length is fixed. */
  readonly durationMs?: number;
  /** What becomes of a `wait` that was in vain. */
  readonly onTimeout?: "fail" | "continue";
  readonly retry?: RetryOutline;
  readonly transactional: boolean;
}

export interface RetryOutline {
  readonly attempts: number;
  readonly backoffMs: number;
  readonly factor: number;
  readonly maxBackoffMs: number;
  /** Kinds of failure that are tried again. */
  readonly on: readonly string[];
}

/** Every step of a saga, those inside groups included, in order. */
export function allSteps(steps: readonly StepOutline[]): readonly StepOutline[] {
  return steps.flatMap((step) => [step, ...step.groups.flatMap((group) => allSteps(group.steps))]);
}
