/** Where a history keeps its sagas and its inboxes. They outlive the processes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../core/clock.js";
import { SagaspecError } from "../../core/errors.js";
import type { Inbox } from "../../messaging/inbox.js";
import { createMemoryInbox } from "../../messaging/memory-inbox.js";
import type { Commit, SagaAdmin, SagaStore } from "../../saga/store/saga-store.js";
import { createMemoryStore } from "../../stores/memory/saga-store.js";
import { disconnect } from "../../stores/sqlite/connection.js";
import { createSqliteStore, type SqliteStore } from "../../stores/sqlite/index.js";
import type { Incarnation } from "./incarnation.js";
import { isUnstorable } from "./message-faults.js";
import type { System } from "./system.js";

export interface Stores {
  /** How many processes may share one of them. */
  readonly mostProcesses: number;
  /** The sagas, for one incarnation of a worker. */
  sagas(incarnation: Incarnation): SagaStore & SagaAdmin;
  /** The inbox of a service, for one incarnation of it. */
  inbox(service: string, incarnation: Incarnation): Inbox;
  /** The sagas, for the checks at the end of a history. */
  atTheEnd(): SagaAdmin;
  close(): void;
}

/** In memory that no crash takes away. */
export function memoryStores(clock: Clock): Stores {
  const sagas = createMemoryStore({ clock, name: "store" });
  const inboxes = new Map<string, Inbox>();
  return {
    mostProcesses: Number.POSITIVE_INFINITY,
    sagas: () => sagas,
    inbox(service) {
      const inbox = inboxes.get(service) ?? createMemoryInbox({ clock });
      inboxes.set(service, inbox);
      return inbox;
    },
    atTheEnd: () => sagas,
    close: () => {},
  };
}

/** A file for the sagas and one for each service. Each incarnation opens it anew, and leaves it as it is when it ends. */
export function sqliteStores(clock: Clock): Stores {
  const folder = mkdtempSync(join(tmpdir(), "sagaspec-simulation-"));
  const open = new Set<SqliteStore>();
  const close = (store: SqliteStore) => {
    // The database, and not the store: that would write first what still waits.
    if (open.delete(store)) disconnect(store.database);
  };
  const openFor = (name: string, incarnation?: Incarnation) => {
    const store = createSqliteStore({ path: join(folder, `${name}.db`), clock, synchronous: "normal" });
    // Processes die here; the machine does not.
    store.database.exec("pragma synchronous = off");
    open.add(store);
    incarnation?.onEnd(() => close(store));
    return store;
  };
  return {
    mostProcesses: 1,
    sagas: (incarnation) => openFor("sagas", incarnation),
    inbox: (service, incarnation) => openFor(service, incarnation).inbox,
    atTheEnd() {
      for (const store of [...open]) close(store);
      return openFor("sagas");
    },
    close() {
      for (const store of [...open]) close(store);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The store as one incarnation of a worker sees it: calls take time and may fail, and the ledger hears what is stored. */
export function storeFor(
  incarnation: Incarnation,
  store: SagaStore & SagaAdmin,
  { injector, ledger }: System,
): SagaStore & Pick<SagaAdmin, "shrink" | "purge" | "dropEvents"> {
  return {
    name: store.name,
    load: (refs) => incarnation.call("load", ["outage"], () => store.load(refs)),
    commit: (batch, also = {}) =>
      incarnation.call(batch.length === 0 ? "housekeeping" : "commit", ["outage", "lostResponse"], async () => {
        // To look for a NUL in all that is stored takes time.
        const refuses = injector.hasInjected("unstorable") ? isUnstorable : () => false;
        if (refuses(also.events) || refuses(also.left)) throw refusal("it");
        const storable = batch.filter((commit) => !refuses(commit));
        const written = await store.commit(storable, also);
        const results = new Map(storable.map((commit, index) => [commit, written[index] ?? "conflict"]));
        ledger.storedBeside(also);
        for (const [commit, result] of results) if (result === "done") ledger.committed(commit, incarnation);
        return batch.map((commit) => results.get(commit) ?? refusal(commit.row.id));
      }),
    transact: (lock, work) =>
      incarnation.call("transact", ["outage", "lostResponse"], async () => {
        let commit: Commit | undefined;
        const result = await store.transact(lock, (tx) => {
          const made = work(tx);
          if (made instanceof Promise) return unlessOver(incarnation, made).then(unlessDead);
          return unlessDead(made);
        });
        if (result === "done" && commit) ledger.committed(commit, incarnation);
        return result;

        // A process that dies inside a transaction takes it back.
        function unlessDead(made: Commit): Commit {
          if (incarnation.dies("inside transact")) throw new Error("the worker died");
          commit = made;
          return made;
        }
      }),
    pending: (mine, limit, olderThanMs) =>
      incarnation.call("pending", ["outage", "lostResponse"], async () => {
        const found = await store.pending(mine, limit, olderThanMs);
        for (const { effect } of found.unsent) ledger.checkUnsent(effect);
        return found;
      }),
    // A hint that is late, or that goes with the process that would have heard it.
    listen(heard, problem) {
      const stop = store.listen?.((ids) => incarnation.soon(`${incarnation.name} hears`, () => heard(ids)), problem);
      incarnation.onEnd(() => void stop?.());
      return async () => stop?.();
    },
    events: (keys) => incarnation.call("events", ["outage"], () => store.events(keys)),
    shrink: (finished, limit) =>
      incarnation.call("shrink", ["outage", "lostResponse"], () => store.shrink(finished, limit)),
    purge: (finishedBefore, limit) =>
      incarnation.call("purge", ["outage", "lostResponse"], async () => {
        const purged = await store.purge(finishedBefore, limit);
        await ledger.purged(finishedBefore, store);
        return purged;
      }),
    dropEvents: (storedBefore, keepPerChannel) =>
      incarnation.call("drop events", ["outage", "lostResponse"], () => store.dropEvents(storedBefore, keepPerChannel)),
    close: async () => {},
  };
}

/** What PostgreSQL says to a NUL. */
function refusal(subject: string): SagaspecError {
  return new SagaspecError("invalid-message", `${subject}: it cannot be stored, for a NUL in a text`);
}

function unlessOver<T>(incarnation: Incarnation, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    incarnation.onEnd(() => reject(new Error("the worker died")));
    work.then(resolve, reject);
  });
}
