/** Pages of sagas, in every SQL store. */
import type { SagaAdmin, SagaFilter } from "../../saga/store/saga-store.js";
import type { StoreCodec } from "../../saga/store/stored-json.js";
import { type SagaRecord, type SqlValue, sagaRow } from "./saga-record.js";

interface Dialect {
  /** The table of sagas. */
  readonly table: string;
  /** How the statement refers to its `position`-th value, counted from 1. */
  placeholder(position: number): string;
  /** A column that is compared without its index, where the planner would choose that one by guess. @default the column */
  unindexed?(column: string): string;
  /** Whether the step in `parameter` is open. */
  hasStep(parameter: string): string;
}

/** Only sagas of these statuses have steps open. */
const withOpenSteps = ["running", "compensating", "needs-attention"] as const;

/**
 * The statement of a page, with one saga more than asked for where there are more. Sagas are ordered by their start: each
 * of the indexes `saga_started`, `saga_type` and `saga_status` has them in that order, so that a page is a part of one.
 */
export function sagaPageQuery(
  filter: SagaFilter,
  dialect: Dialect,
): { readonly text: string; readonly values: SqlValue[] } {
  const values: SqlValue[] = [];
  const limit = (filter.limit ?? 100) + 1;
  const [direction, beyond] = filter.order === "oldest" ? ["asc", ">"] : ["desc", "<"];
  const order = `order by started_at ${direction}, id ${direction} limit ${limit}`;
  const add = (value: SqlValue) => dialect.placeholder(values.push(value));
  const select = (status: string | undefined) => {
    const conditions: string[] = [];
    const where = (value: SqlValue | undefined, condition: (parameter: string) => string) => {
      if (value !== undefined) conditions.push(condition(add(value)));
    };
    const isRare = status !== undefined && status !== "completed" && filter.key === undefined;
    const type = isRare ? (dialect.unindexed?.("type") ?? "type") : "type";
    where(filter.type, (parameter) => `${type} = ${parameter}`);
    if (status !== undefined) {
      // As a word of the statement: the index on the status has no completed sagas, and the planner has to see it.
      conditions.push(`status = '${status}'`, status === "completed" ? "true" : "status <> 'completed'");
    }
    where(filter.step, dialect.hasStep);
    where(filter.key, (parameter) => `key = ${parameter}`);
    where(filter.parent, (parameter) => `parent = ${parameter}`);
    where(filter.startedAfter, (parameter) => `started_at >= ${parameter}`);
    where(filter.startedBefore, (parameter) => `started_at < ${parameter}`);
    if (filter.after !== undefined) {
      const [startedAt, id] = placeOf(filter.after);
      conditions.push(`(started_at, id) ${beyond} (${add(startedAt)}, ${add(id)})`);
    }
    return `select * from ${dialect.table} where ${conditions.join(" and ") || "true"} ${order}`;
  };
  const statuses = filter.status === undefined && filter.step !== undefined ? withOpenSteps : [filter.status];
  const [first, ...rest] = statuses.map((status) => (status === undefined ? undefined : statusWord(status)));
  if (rest.length === 0) return { text: select(first), values };
  const each = [first, ...rest].map((status) => `select * from (${select(status)}) as of_status`);
  return { text: `select * from (${each.join(" union all ")}) as sagas ${order}`, values };
}

/** The page that a statement of {@link sagaPageQuery} has found. */
export function sagaPage(
  records: readonly SagaRecord[],
  { limit = 100 }: SagaFilter,
  codec: StoreCodec,
): Awaited<ReturnType<SagaAdmin["list"]>> {
  const sagas = records.slice(0, limit).map((record) => sagaRow(record, codec));
  const last = sagas.at(-1);
  return { sagas, ...(last && records.length > limit && { next: `${last.startedAt}.${last.id}` }) };
}

/** Where the page before ended. */
function placeOf(next: string): [startedAt: number, id: string] {
  const dot = next.indexOf(".");
  const startedAt = Number(next.slice(0, dot));
  return dot > 0 && Number.isSafeInteger(startedAt) ? [startedAt, next.slice(dot + 1)] : [0, next];
}

// It becomes a part of the statement.
function statusWord(status: string): string {
  return /^[a-z-]+$/.test(status) ? status : "none";
}
