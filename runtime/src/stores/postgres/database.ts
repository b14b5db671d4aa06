import { setTimeout as sleep } from "node:timers/promises";
import { SagaspecError } from "../../core/errors.js";
import { createSemaphore } from "../../core/semaphore.js";
import {
  isDemoted,
  type PostgresClient,
  type PostgresListener,
  type PostgresPool,
  type PostgresQuery,
  type PostgresQueryable,
  severityOf,
} from "./driver.js";
import { checkVersion, migrate } from "./migrations.js";

/** How often a statement is tried while others are in the way or the server is away: about two seconds. */
const attempts = 7;
const firstPauseMs = 20;

export interface DatabaseOptions {
  readonly pool: PostgresPool;
  /** Already checked to be a plain identifier. */
  readonly schema: string;
  readonly migrates: boolean;
  /** Longest wait for the answer to a statement. */
  readonly queryTimeoutMs: number;
}

/** The way to the server: looks at the tables once, tries again what deserves it, and says what was wrong. */
export class Database {
  /** Of the schema, as people say it. */
  readonly name: string;
  /** The same in SQL: quoted, because `order` is a word of the language. */
  readonly schema: string;
  readonly #pool: PostgresPool;
  readonly #migrates: boolean;
  readonly #queryTimeoutMs: number;
  readonly #limited: <T>(work: () => Promise<T>) => Promise<T>;
  /** Transactions with work of the user's in them that may run at a time; undefined when the pool does not say its size. */
  readonly maxTransactions: number | undefined;
  /** Of the pool; undefined when it does not say. */
  readonly maxConnections: number | undefined;
  /** Makes a connection beside the pool's; undefined for a pool that is not made as `pg` makes them. */
  readonly listener: (() => PostgresListener) | undefined;
  #ready: Promise<unknown> | undefined;
  #closed = false;

  constructor({ pool, schema, migrates, queryTimeoutMs }: DatabaseOptions) {
    this.name = schema;
    this.schema = `"${schema}"`;
    this.#pool = pool;
    this.#migrates = migrates;
    this.#queryTimeoutMs = queryTimeoutMs;
    this.maxConnections = pool.options && (pool.options.max ?? 10);
    this.maxTransactions = transactionsOf(this.maxConnections);
    this.#limited = createSemaphore(this.maxTransactions ?? Number.POSITIVE_INFINITY);
    const { Client, options } = pool;
    this.listener = Client && options && (() => new Client(options as never) as PostgresListener);
    pool.on?.("error", leftToNextQuery);
  }

  /**
   * Rows of a statement that may safely run twice.
   * @throws the driver's error when the data is refused, else SagaspecError `store-unavailable`.
   */
  rows<Row>(query: PostgresQuery): Promise<Row[]> {
    return this.#retry(async () => (await this.#pool.query(this.bounded(query))).rows as Row[]);
  }

  /** Like {@link rows}, for a transaction; `work` may run twice. */
  transaction<T>(work: (client: PostgresQueryable) => Promise<T>): Promise<T> {
    return this.#retry(() => this.#transaction((client) => work(this.#bounded(client))));
  }

  /** The same statement, waited for no longer than allowed: a server may be gone without a word. */
  bounded(query: PostgresQuery): PostgresQuery {
    return { ...query, query_timeout: this.#queryTimeoutMs };
  }

  /**
   * A transaction that runs once, whatever happens: what `work` throws is thrown, and its statements are its own. It may
   * take as long as the user's work does, so only so many run at a time, and the pool keeps connections for all else.
   */
  async once<T>(work: (client: PostgresClient) => Promise<T>): Promise<T> {
    await this.#prepare();
    return this.#limited(() => this.#transaction(work));
  }

  migrate(): Promise<readonly string[]> {
    return this.#again(() => this.#transaction((client) => migrate(client, this.schema)));
  }

  /** Makes sure that the tables are there, for statements in a transaction of somebody else's. */
  async prepared(): Promise<void> {
    await this.#prepare();
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  unavailable(cause: unknown): SagaspecError {
    if (cause instanceof SagaspecError) return cause;
    const retryable = severityOf(cause) !== "wrong";
    const text = `PostgreSQL schema ${this.name}: ${cause instanceof Error ? cause.message || cause.name : cause}`;
    return new SagaspecError("store-unavailable", text, { cause, retryable });
  }

  #bounded(by: PostgresQueryable): PostgresQueryable {
    return { query: (query) => by.query(this.bounded(query)) };
  }

  async #retry<T>(call: () => Promise<T>): Promise<T> {
    await this.#prepare();
    return this.#again(call);
  }

  #prepare(): Promise<unknown> {
    if (this.#closed) {
      const text = `PostgreSQL schema ${this.name}: the store is closed; nothing was asked`;
      return Promise.reject(new SagaspecError("store-unavailable", text));
    }
    this.#ready ??= (
      this.#migrates ? this.migrate() : this.#again(() => checkVersion(this.#bounded(this.#pool), this.schema))
    ).catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #again<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        const severity = error instanceof SagaspecError ? "wrong" : severityOf(error);
        if (severity === "data") throw error;
        if (severity === "wrong" || attempt === attempts || this.#closed) throw this.unavailable(error);
        await sleep(firstPauseMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
      }
    }
  }

  async #transaction<T>(work: (client: PostgresClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    client.on?.("error", leftToNextQuery);
    try {
      await client.query(this.bounded({ text: "begin" }));
      const result = await work(client);
      await client.query(this.bounded({ text: "commit" }));
      return result;
    } catch (error) {
      if (isDemoted(error)) broken = asError(error);
      await client.query(this.bounded({ text: "rollback" })).catch((cause: unknown) => {
        broken = asError(cause);
      });
      throw error;
    } finally {
      client.off?.("error", leftToNextQuery);
      client.release(broken);
    }
  }
}

/** Commits, leases and sweeps need connections while transactions of the user's work hold the others. */
const mostReserved = 4;

function transactionsOf(max: number | undefined): number | undefined {
  return max === undefined ? undefined : Math.max(1, max - Math.min(mostReserved, Math.ceil(max / 2)));
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Listens to a connection that breaks while no query is under way; without a listener the error ends the process. */
function leftToNextQuery(): void {}
