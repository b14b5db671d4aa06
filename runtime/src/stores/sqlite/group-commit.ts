import { SagaspecError } from "../../core/errors.js";
import { isDataError, type SqliteDatabase } from "./driver.js";

interface Job {
  readonly work: () => unknown;
  readonly settle: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** So many jobs at most share a transaction: it blocks the process while it runs. */
const maxGroup = 1_024;

/**
 * One transaction, and one wait for the disk, for everything that wants to be written now. There is no delay: a group
 * is what has gathered by the end of this turn of the event loop.
 */
export class GroupCommit {
  readonly #database: SqliteDatabase;
  readonly #path: string;
  #waiting: Job[] = [];
  #closed = false;

  constructor(database: SqliteDatabase, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /**
   * Runs each job inside a transaction. Resolves once all are committed, with an `Error` in place of the result of a
   * job whose data was refused. A job may run twice, the first time without effect, and must be synchronous.
   * Rejects with `store-unavailable` when nothing could be committed.
   */
  run<T>(jobs: readonly (() => T)[]): Promise<(T | Error)[]> {
    if (this.#closed) return Promise.reject(this.#unavailable("the store is closed"));
    return Promise.all(
      jobs.map(
        (work) =>
          new Promise<T | Error>((settle, reject) => {
            if (this.#waiting.length === 0) setImmediate(() => this.#flush());
            this.#waiting.push({ work, settle: settle as Job["settle"], reject });
          }),
      ),
    );
  }

  /** Like {@link run}, for one job; what the job throws rejects. */
  async one<T>(work: () => T): Promise<T> {
    const [result] = await this.run([work]);
    if (result instanceof Error) throw result;
    return result as T;
  }

  /** A transaction of its own, at once. What `work` throws rolls back. */
  alone<T>(work: () => T): T {
    if (this.#closed) throw this.#unavailable("the store is closed");
    try {
      this.#database.exec("begin immediate");
    } catch (cause) {
      throw this.#unavailable("cannot be written to", cause);
    }
    let result: T;
    try {
      result = work();
    } catch (error) {
      this.#rollback();
      throw error;
    }
    try {
      this.#database.exec("commit");
    } catch (cause) {
      this.#rollback();
      throw this.#unavailable("cannot be written to", cause);
    }
    return result;
  }

  /** Writes what waits, and takes no more. */
  close(): void {
    while (this.#waiting.length > 0) this.#flush();
    this.#closed = true;
  }

  #flush(): void {
    const group = this.#waiting.splice(0, maxGroup);
    if (group.length === 0) return;
    if (this.#waiting.length > 0) setImmediate(() => this.#flush());
    try {
      const results = this.#together(group);
      for (const [index, job] of group.entries()) job.settle(results[index]);
    } catch (cause) {
      const error = cause instanceof SagaspecError ? cause : this.#unavailable("cannot be written to", cause);
      for (const job of group) job.reject(error);
    }
  }

  #together(group: readonly Job[]): unknown[] {
    try {
      return this.alone(() => group.map((job) => job.work()));
    } catch (error) {
      if (!isDataError(error)) throw error;
      return this.alone(() => group.map((job) => this.#guarded(job)));
    }
  }

  /** A job whose failure undoes nothing but itself. */
  #guarded(job: Job): unknown {
    this.#database.exec("savepoint job");
    try {
      const result = job.work();
      this.#database.exec("release job");
      return result;
    } catch (error) {
      if (!isDataError(error)) throw error;
      this.#database.exec("rollback to job; release job");
      return error;
    }
  }

  #rollback(): void {
    try {
      this.#database.exec("rollback");
    } catch {
      // SQLite has rolled back by itself.
    }
  }

  #unavailable(what: string, cause?: unknown): SagaspecError {
    const reason = cause === undefined ? what : `${what}: ${cause}`;
    return new SagaspecError("store-unavailable", `${this.#path}: ${reason}; nothing of this was committed`, {
      cause,
      retryable: cause !== undefined,
    });
  }
}
