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
  readonly steps: readonly StepOutline[];
  /** The module it is defined in, and the name it is exported under. */
  readonly module: string;
  readonly exportName: string;
}

/** One step. A step with `groups` holds others: branches, parallel steps, the body of a loop. */
export interface StepOutline {
  readonly name: string;
  readonly path: string;
  /** `call`, `send`, `run`, `wait`, `sleep`, `branch`, `parallel`, `each`, `poll`, `child`, or `compensation` (undo only). */
  readonly kind: string;
  readonly action?: ActionOutline;
  readonly compensate?: ActionOutline;
  readonly pivot: boolean;
  /** Runs only when a condition holds. */
  readonly conditional: boolean;
  /** Decides itself what a failure means. */
  readonly decidesFailure: boolean;
  readonly deadlineMs?: number;
  /** What the kind has to say beyond: `any of them`, `3 at a time`, the name of the child saga. */
  readonly note?: string;
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
  /** One attempt. Absent where the step waits for nothing. */
  readonly timeoutMs?: number;
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
