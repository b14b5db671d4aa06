/** What a transition tells whoever listens: a message for each line of history that others care about. */
import type { Json } from "../../codegen.js";
import type { Failure } from "../../wire/failure.js";
import { type AnyOperation, operationsOf } from "../../wire/operations.js";
import type { Effect } from "../store/effects.js";
import type { HistoryKind } from "../store/history.js";
import { messageId } from "../store/ids.js";
import type { Commit, HistoryRow, SagaRow, SagaStatus } from "../store/saga-store.js";
import { type OperatorEvent, type SagaEvent, type StepEvent, sagasEvents } from "./generated/index.js";

/** By id: what every worker can send, even one that tells nothing itself. */
export const lifecycleOperations: ReadonlyMap<string, AnyOperation> = new Map(
  operationsOf(sagasEvents).map(({ operation }) => [operation.id, operation]),
);

type Lifecycle = typeof sagasEvents.lifecycle;
type Told = readonly [name: keyof Lifecycle, payload: SagaEvent | StepEvent | OperatorEvent];

/** The same commit gives the same effects, under the same ids. */
export function lifecycleEffects({ row, records }: Pick<Commit, "row" | "records">): Effect[] {
  return records.flatMap((line) => {
    const told = tell(row, line);
    if (!told) return [];
    const [name, payload] = told;
    return {
      type: "send",
      // No step is called so: the saga never takes it for one of its own commands.
      id: messageId(row.id, "~lifecycle", "do", line.seq),
      attempt: 1,
      operation: sagasEvents.lifecycle[name].id,
      payload: payload as unknown as Json,
    };
  });
}

const ends: { readonly [status in SagaStatus]?: keyof Lifecycle } = {
  completed: "sagaCompleted",
  compensated: "sagaCompensated",
  cancelled: "sagaCancelled",
  "needs-attention": "sagaNeedsAttention",
};

function tell(row: SagaRow, line: HistoryRow): Told | undefined {
  const { step, attempt } = line;
  const saga: SagaEvent = {
    sagaId: row.id,
    type: row.type,
    version: row.version,
    ...(row.key === undefined ? undefined : { key: row.key }),
    status: row.status,
    seq: line.seq,
    at: new Date(line.at).toISOString(),
    ...(step === undefined ? undefined : { step }),
  };
  const ofStep: StepEvent = { ...saga, step: step ?? "", ...(attempt === undefined ? undefined : { attempt }) };
  switch (line.kind as HistoryKind) {
    case "started":
      return ["sagaStarted", saga];
    case "retreated":
      return ["sagaCompensating", { ...saga, failure: causeOf(data<{ failure: Failure }>(line).failure) }];
    case "ended": {
      const { status, unresolved } = data<{ status: SagaStatus; unresolved: string[] }>(line);
      const name = ends[status];
      return name && [name, unresolved.length > 0 ? { ...saga, unresolved } : saga];
    }
    case "sla-warning":
      return ["sagaDelayed", saga];
    case "step-succeeded":
      return ["stepSucceeded", ofStep];
    case "step-failed":
      return ["stepFailed", { ...ofStep, failure: causeOf(data<{ failure: Failure }>(line).failure) }];
    case "compensation-succeeded":
      return ["stepCompensated", ofStep];
    case "compensation-failed":
      return ["compensationFailed", { ...ofStep, failure: causeOf(data<Failure>(line)) }];
    case "operated": {
      const { action, by, why, refused } = data<Partial<OperatorEvent>>(line);
      if (action === undefined || by === undefined || why === undefined) return undefined;
      return ["operatorActed", { ...saga, action, by, why, ...(refused === undefined ? undefined : { refused }) }];
    }
    default:
      return undefined;
  }
}

/** What `decide` writes into a line of that kind. */
function data<T>(line: HistoryRow): T {
  return line.data as unknown as T;
}

function causeOf({ name, message }: Failure): { code: string; message: string } {
  return { code: name, message };
}
