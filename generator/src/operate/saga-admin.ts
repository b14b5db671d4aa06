/**
 * What the command needs of an admin: `createSagaAdmin` of `@sagaspec/runtime/admin` makes one. The command takes it as
 * it comes from the user's project, so that there is one runtime, the user's.
 */
export interface SagaAdmin {
  list(filter: SagaFilter): Promise<{ readonly sagas: readonly Overview[]; readonly next?: string }>;
  find(type: string, key: string): Promise<Overview | undefined>;
  summary(id: string): Promise<Summary>;
  history(id: string): Promise<readonly HistoryLine[]>;
  act(id: string, act: Act): Promise<Verdict>;
  actOnAll(filter: SagaFilter, act: Act, options?: { readonly limit?: number }): Promise<BulkVerdict>;
  start(type: string, input: Json, request?: { readonly key?: string; readonly version?: number }): Promise<Overview>;
  check(): Promise<readonly Finding[]>;
  operations(): readonly { readonly saga: string; readonly step: string; readonly operation: string }[];
  purge(finishedFor: `${number}d`): Promise<number>;
  close(): Promise<void>;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export const statuses = [
  "running",
  "compensating",
  "completed",
  "compensated",
  "needs-attention",
  "cancelled",
] as const;

export interface SagaFilter {
  readonly type?: string;
  readonly status?: (typeof statuses)[number];
  readonly step?: string;
  readonly key?: string;
  /** Milliseconds since 1970. */
  readonly startedAfter?: number;
  readonly startedBefore?: number;
  readonly limit?: number;
  readonly after?: string;
}

export interface Act {
  readonly action:
    | "cancel"
    | "cancel-without-compensation"
    | "compensate"
    | "pause"
    | "resume"
    | "retry"
    | "skip"
    | "mark-done"
    | "patch";
  readonly step?: string;
  readonly data?: Json;
  readonly expectedSeq?: number;
  readonly by: string;
  readonly why: string;
}

export interface Verdict {
  readonly id: string;
  readonly status: string;
  readonly refused?: string;
}

export interface BulkVerdict {
  readonly applied: number;
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
  readonly next?: string;
}

export interface Finding {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly saga: string;
  readonly step?: string;
  readonly message: string;
  readonly sagaIds?: readonly string[];
}

/** What is said of a saga wherever it is shown. Times are ISO 8601. */
interface Head {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly key?: string;
  readonly status: string;
  readonly paused: boolean;
  readonly startedAt: string;
}

export interface Overview extends Head {
  readonly openSteps: readonly string[];
  readonly updatedAt: string;
  readonly dueAt?: string;
}

export interface Summary extends Head {
  readonly endedAt?: string;
  readonly input: Json;
  readonly seq: number;
  readonly failure?: { readonly step?: string; readonly code: string; readonly message: string };
  readonly unresolved: readonly string[];
  readonly steps: readonly {
    readonly name: string;
    readonly operation?: string;
    readonly instances: readonly StepInstance[];
  }[];
  readonly acts: readonly {
    readonly at: string;
    readonly action: string;
    readonly step?: string;
    readonly by: string;
    readonly why: string;
    readonly refused?: string;
  }[];
  readonly children: readonly Summary[];
}

/** A line of a saga's history; `at` in milliseconds since 1970. */
export interface HistoryLine {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly step?: string;
  readonly attempt?: number;
  readonly data?: Json;
}

export interface StepInstance {
  readonly path: string;
  readonly status: string;
  readonly startedAt?: string;
  readonly request?: Json;
  readonly reply?: Json;
  readonly result?: Json;
  readonly failure?: { readonly code: string; readonly message: string };
  readonly attempts: readonly Attempt[];
  readonly updates: readonly { readonly receivedAt: string; readonly status: string; readonly payload?: Json }[];
  readonly compensation?: {
    readonly operation?: string;
    readonly status: string;
    readonly request?: Json;
    readonly failure?: { readonly code: string; readonly message: string };
    readonly attempts: readonly Attempt[];
  };
}

export interface Attempt {
  readonly attempt: number;
  readonly messageId: string;
  readonly sentAt: string;
  readonly endedAt?: string;
  readonly outcome: string;
  readonly code?: string;
}
