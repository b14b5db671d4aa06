/** What the store needs of a PostgreSQL driver: `Pool` of `pg` has this shape. */

/** One statement. */
export interface PostgresQuery {
  readonly text: string;
  readonly values?: unknown[];
  /** Milliseconds after which `pg` gives up the answer, and a pool of its own the connection. */
  readonly query_timeout?: number;
}

export interface PostgresQueryable {
  query(query: PostgresQuery): Promise<{ readonly rows: unknown[] }>;
}

/** A connection taken from the pool. */
export interface PostgresClient extends PostgresQueryable {
  /** Gives it back; with an error, the pool closes it. */
  release(error?: Error): void;
  /** Called when the connection breaks while no query is under way. */
  on?(event: "error", listener: (error: Error) => void): unknown;
  off?(event: "error", listener: (error: Error) => void): unknown;
}

/** A connection that hears notices: `Client` of `pg` has this shape. */
export interface PostgresListener extends PostgresQueryable {
  connect(): Promise<unknown>;
  end(): Promise<unknown>;
  on(event: "notification", listener: (notice: { readonly payload?: string | undefined }) => void): unknown;
  on(event: "error" | "end", listener: (error: Error) => void): unknown;
}

export interface PostgresPool extends PostgresQueryable {
  /** What a pool of `pg` makes its connections with: with its `options` it makes one more, to listen on. */
  readonly Client?: new (
    options: never,
  ) => unknown;
  /** What a pool of `pg` was made with: `max` is its number of connections, 10 by default. */
  readonly options?: { readonly max?: number | undefined };
  connect(): Promise<PostgresClient>;
  /** Called when an idle connection breaks. */
  on?(event: "error", listener: (error: Error) => void): unknown;
}

/**
 * How bad an error is.
 * - `data`: these values will be refused again
 * - `contention`: another transaction was in the way; at once again, soon
 * - `down`: the server or the way to it; nothing is known of what was asked
 * - `wrong`: missing tables, missing rights, ...: a person has to look
 */
export type Severity = "data" | "contention" | "down" | "wrong";

/** Judges by SQLSTATE (PostgreSQL documentation, appendix A); an error without one never reached the server. */
export function severityOf(error: unknown): Severity {
  const { code } = error as { code?: unknown };
  if (typeof code !== "string" || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith("E")) return "down";
  if (/^(40001|40P01|55P03)$/.test(code)) return "contention";
  if (/^(08|53|57|25P0[34])/.test(code) || isDemoted(error)) return "down";
  if (/^(21|22|23|54)/.test(code)) return "data";
  return "wrong";
}

/** Whether the server may only be read: another one has taken its place, which connections to this one never notice. */
export function isDemoted(error: unknown): boolean {
  return (error as { code?: unknown }).code === "25006";
}

export function isDataError(error: unknown): error is Error {
  return error instanceof Error && severityOf(error) === "data";
}

/** Whether the text can be stored, or anything be found under it: PostgreSQL's texts know no NUL. */
export function isStorable(text: string): boolean {
  return !text.includes("\u0000");
}
