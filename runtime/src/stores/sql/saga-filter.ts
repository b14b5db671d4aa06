import type { SagaFilter } from "../../saga/store/saga-store.js";
import type { SqlValue } from "./saga-record.js";

interface Dialect {
  /** How the statement refers to its `position`-th value, counted from 1. */
  placeholder(position: number): string;
  /** Whether the step in `parameter` is open. */
  hasStep(parameter: string): string;
}

/** The condition of a page of sagas, ordered by id, descending. */
export function sagaFilter(
  filter: SagaFilter,
  dialect: Dialect,
): { readonly where: string; readonly values: SqlValue[]; readonly limit: number } {
  const values: SqlValue[] = [];
  const conditions: string[] = [];
  const add = (value: SqlValue | undefined, condition: (parameter: string) => string) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(dialect.placeholder(values.length)));
  };
  add(filter.type, (parameter) => `type = ${parameter}`);
  add(filter.status, (parameter) => `status = ${parameter}`);
  add(filter.step, dialect.hasStep);
  add(filter.key, (parameter) => `key = ${parameter}`);
  add(filter.parent, (parameter) => `parent = ${parameter}`);
  add(filter.startedAfter, (parameter) => `started_at >= ${parameter}`);
  add(filter.startedBefore, (parameter) => `started_at < ${parameter}`);
  add(filter.after, (parameter) => `id < ${parameter}`);
  return { where: conditions.join(" and ") || "true", values, limit: filter.limit ?? 100 };
}
