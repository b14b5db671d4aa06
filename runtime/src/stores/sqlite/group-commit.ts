import { SagaspecError } from "../../core/errors.js";
import { backoffMs, pause } from "../../core/timing.js";
import { isDataError, isLocked, type SqliteDatabase } from "./driver.js";

interface Job {
  readonly work: () => unknown;
  readonly settle: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The writes of one file. */
export interface GroupCommit {
  /**
   * Runs each job inside a transaction. Resolves once all are committed, with an `Error` in place of the result of a
   * job whose data was refused. A job may run twice, the first time without effect, and must be synchronous.
   * Rejects with `store-unavailable` when nothing could be committed.
   */
  run<T>(jobs: readonly (() => T)[]): Promise<(T | Error)[]>;
  /** Like `run`, for one job; what the job throws rejects. */
  one<T>(work: () => T): Promise<T>;
  /** A transaction of its own. What `work` throws rolls back, and rejects. */
  alone<T>(work: () => T): Promise<T>;
  /** Writes what waits, and takes no more. */
  close(): Promise<void>;
}

/** So many jobs at most share a transaction: it blocks the process while it runs. */
const maxGroup = 1_024;

/** Another program may hold the file's lock for a while. It is waited for without blocking the process, for so long. */
const lockWaitMs = 5_000;
const lockPauses = { firstMs: 5, maxMs: 100 };

/** Another program holds the file's lock: nothing has begun. */
class Locked extends Error {}

/**
 * One transaction, and one wait for the disk, for everything that is to be written now. There is no delay: a group is
 * what has come by the end of this turn of the event loop.
 */
export function createGroupCommit(database: SqliteDatabase, path: string): GroupCommit {
  const isNeverAborted = new AbortController().signal;
  let waiting: Job[] = [];
  let flushing: Promise<void> | undefined;
  let isClosed = false;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const group = waiting.slice(0, maxGroup);
      waiting = waiting.slice(maxGroup);
      try {
        const results = await together(group);
        for (const [index, job] of group.entries()) job.settle(results[index]);
      } catch (cause) {
        const error = cause instanceof SagaspecError ? cause : unavailable("cannot be written to", cause);
        for (const job of group) job.reject(error);
      }
    }
    flushing = undefined;
  }

  function add(job: Job): void {
    waiting.push(job);
    flushing ??= flush();
  }

  function run<T>(jobs: readonly (() => T)[]): Promise<(T | Error)[]> {
    if (isClosed) return Promise.reject(unavailable("the store is closed"));
    return Promise.all(
      jobs.map(
        (work) => new Promise<T | Error>((settle, reject) => add({ work, settle: settle as Job["settle"], reject })),
      ),
    );
  }

  async function together(group: readonly Job[]): Promise<unknown[]> {
    try {
      return await transaction(() => group.map((job) => job.work()));
    } catch (error) {
      if (!isDataError(error)) throw error;
      return transaction(() => group.map(guarded));
    }
  }

  /** A job whose failure undoes nothing but itself. */
  function guarded(job: Job): unknown {
    database.exec("savepoint job");
    try {
      const result = job.work();
      database.exec("release job");
      return result;
    } catch (error) {
      if (!isDataError(error)) throw error;
      database.exec("rollback to job; release job");
      return error;
    }
  }

  async function transaction<T>(work: () => T): Promise<T> {
    const until = Date.now() + lockWaitMs;
    for (let retry = 0; ; retry++) {
      try {
        return atOnce(work);
      } catch (error) {
        if (!(error instanceof Locked)) throw error;
        if (Date.now() >= until) throw unavailable("cannot be written to", error.cause);
        await pause(backoffMs(retry, lockPauses), isNeverAborted);
      }
    }
  }

  /** Without a break: the connection is shared, and other statements would come into the transaction. */
  function atOnce<T>(work: () => T): T {
    try {
      database.exec("begin immediate");
    } catch (cause) {
      throw isLocked(cause) ? new Locked("locked", { cause }) : unavailable("cannot be written to", cause);
    }
    let result: T;
    try {
      result = work();
    } catch (error) {
      rollBack();
      throw error;
    }
    try {
      database.exec("commit");
    } catch (cause) {
      rollBack();
      throw unavailable("cannot be written to", cause);
    }
    return result;
  }

  function rollBack(): void {
    try {
      database.exec("rollback");
    } catch {
      // SQLite has rolled back by itself.
    }
  }

  function unavailable(what: string, cause?: unknown): SagaspecError {
    const reason = cause === undefined ? what : `${what}: ${cause}`;
    return new SagaspecError("store-unavailable", `${path}: ${reason}; nothing of this was committed`, {
      cause,
      retryable: cause !== undefined,
    });
  }

  return {
    run,
    async one(work) {
      const [result] = await run([work]);
      if (result instanceof Error) throw result;
      return result as ReturnType<typeof work>;
    },
    async alone(work) {
      if (isClosed) throw unavailable("the store is closed");
      return transaction(work);
    },
    async close() {
      isClosed = true;
      await flushing;
    },
  };
}
