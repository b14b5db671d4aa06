/**
 * Hears what other processes hand over (PostgreSQL documentation, LISTEN and NOTIFY), on a connection of its own beside
 * the pool. What is missed, a sweep finds: no answer to a statement ever waits for this.
 */
import { randomUUID } from "node:crypto";
import { messageOf, SagaspecError } from "../../core/errors.js";
import { backoffMs, pause, withTimeout } from "../../core/timing.js";
import type { Database } from "./database.js";
import type { PostgresListener, PostgresQuery } from "./driver.js";

/** Longest wait for a connection, and for a notice that this process sends to itself. */
const answerMs = 10_000;
/** A connection may be gone without a word. */
const checkEveryMs = 30_000;
const pauses = { firstMs: 200, maxMs: 60_000 };
/** PostgreSQL takes less than 8,000 bytes. */
const longestNotice = 7_500;

export interface Notices {
  /** Tells the other processes of these sagas. */
  send(sagaIds: readonly string[]): Promise<unknown>;
  /** The statement that tells all processes, this one too, when the transaction that it is part of has committed. */
  inTransaction(sagaId: string): PostgresQuery;
  /** Undefined for a driver that gives no connection of its own. */
  readonly listen?: (
    heard: (sagaIds: readonly string[]) => void,
    problem: (error: unknown) => void,
  ) => () => Promise<void>;
}

export function createNotices(database: Database): Notices {
  const channel = `sagaspec_${database.name}`;
  const me = randomUUID();
  const notify = (notice: readonly string[]) => {
    const text = JSON.stringify(notice);
    // Without the ids it says to look for oneself.
    const payload = Buffer.byteLength(text) > longestNotice ? JSON.stringify(notice.slice(0, 1)) : text;
    return database.rows({ text: "select pg_notify($1, $2)", values: [channel, payload] });
  };
  const send: Notices["send"] = (sagaIds) => notify([me, ...sagaIds]);
  const inTransaction: Notices["inTransaction"] = (sagaId) => ({
    text: "select pg_notify($1, $2)",
    values: [channel, JSON.stringify(["", sagaId])],
  });
  const open = database.listener;
  if (!open) return { send, inTransaction };

  return {
    send,
    inTransaction,
    listen(heard, problem) {
      const stopping = new AbortController();
      const done = keepListening(stopping.signal);
      return () => {
        stopping.abort();
        return done;
      };

      async function keepListening(signal: AbortSignal): Promise<void> {
        let isReported = false;
        for (let retry = 0; !signal.aborted; retry++) {
          try {
            await once(signal, () => {
              retry = 0;
              isReported = false;
              // What was told meanwhile has been missed.
              heard([]);
            });
          } catch (cause) {
            if (!signal.aborted && !isReported) problem(unheard(cause));
            isReported = true;
          }
          await pause(backoffMs(retry, pauses), signal);
        }
      }

      /** Listens until the connection is lost, or turns out to be none that notices come through. */
      async function once(signal: AbortSignal, listening: () => void): Promise<void> {
        const client = (open as () => PostgresListener)();
        let lose = (_: Error) => {};
        const lost = new Promise<never>((_, reject) => {
          lose = reject;
        });
        lost.catch(() => {});
        let hearMyself = () => {};
        const hello = randomUUID();
        const heardMyself = new Promise<void>((resolve) => {
          hearMyself = resolve;
        });
        client.on("error", lose);
        client.on("end", () => lose(new Error("the connection has ended")));
        client.on("notification", ({ payload }) => {
          const [from, ...sagaIds] = readNotice(payload);
          if (from === hello) hearMyself();
          else if (from !== undefined && from !== me) heard(sagaIds);
        });
        const answer = <T>(promise: Promise<T>) =>
          withTimeout(Promise.race([promise, lost]), { ms: answerMs, signal, late: () => new Error("no answer") });
        try {
          await answer(client.connect());
          await answer(client.query({ text: `listen "${channel}"` }));
          // Over another connection: a pooler that shares connections between transactions passes nothing on.
          await answer(notify([hello]));
          await withTimeout(Promise.race([heardMyself, lost]), { ms: answerMs, signal, late: notPassedOn });
          listening();
          for (;;) {
            const isOver = await Promise.race([pause(checkEveryMs, signal).then((whole) => !whole), lost]);
            if (isOver) return;
            await answer(client.query({ text: "select 1" }));
          }
        } finally {
          await withTimeout(client.end(), { ms: 1_000 }).catch(() => {});
        }
      }

      function unheard(cause: unknown): SagaspecError {
        const text = `PostgreSQL schema ${database.name}: LISTEN is not possible for now (${messageOf(cause)})`;
        const hint = "what other processes start or change is found within seconds instead of at once";
        return new SagaspecError("store-unavailable", `${text}; ${hint}`, { cause, retryable: true });
      }
    },
  };
}

function notPassedOn(): Error {
  return new Error("a notice did not come through; a pooler in transaction mode passes none on");
}

function readNotice(payload: string | undefined): readonly string[] {
  try {
    const read: unknown = JSON.parse(payload ?? "");
    return Array.isArray(read) ? read.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}
