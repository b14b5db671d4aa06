import { conditionOf, type SagaCondition } from "../saga/store/condition.js";
import type { SagaRow, SagaStatus } from "../saga/store/saga-store.js";

/** What lists and details show of every saga. Times are ISO 8601, by the store's clock. */
export interface SagaHead {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  /** Business key. */
  readonly key?: string;
  readonly parent?: string;
  readonly status: SagaStatus;
  /** What it is doing: the status in more detail. */
  readonly condition: SagaCondition;
  readonly paused: boolean;
  /** Why its state cannot be read: no worker takes it up until it can. */
  readonly unreadable?: string;
  readonly startedAt: string;
  readonly updatedAt: string;
}

export function headOf(row: SagaRow): SagaHead {
  return {
    id: row.id,
    type: row.type,
    version: row.version,
    ...(row.key === undefined ? undefined : { key: row.key }),
    ...(row.parent === undefined ? undefined : { parent: row.parent }),
    status: row.status,
    condition: conditionOf(row),
    paused: row.paused,
    ...(row.unreadable === undefined ? undefined : { unreadable: row.unreadable }),
    startedAt: isoTime(row.startedAt),
    updatedAt: isoTime(row.updatedAt),
  };
}

/** Milliseconds since 1970 as ISO 8601, in UTC. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
