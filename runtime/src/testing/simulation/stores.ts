/** Where a history keeps its sagas and its inboxes, whatever becomes of the processes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../core/clock.js";
import type { Inbox } from "../../messaging/inbox.js";
import { createMemoryInbox } from "../../messaging/memory-inbox.js";
import type { SagaAdmin, SagaStore } from "../../saga/store/saga-store.js";
import { createMemoryStore } from "../../stores/memory/saga-store.js";
import { createSqliteStore, type SqliteStore } from "../../stores/sqlite/index.js";
import type { Incarnation } from "./incarnation.js";

export interface Stores {
  /** How many processes may share one of them. */
  readonly mostProcesses: number;
  /** The sagas, for one life of a worker. */
  sagas(life: Incarnation): SagaStore & SagaAdmin;
  /** What a service has executed, for one life of it. */
  inbox(service: string, life: Incarnation): Inbox;
  /** The sagas, for whoever looks at them when everything is over. */
  atTheEnd(): SagaAdmin;
  close(): void;
}

/** In the memory of somebody who never dies. */
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

/** A file for the sagas and one for each service: every life opens it, and its end is what is left of it. */
export function sqliteStores(clock: Clock): Stores {
  const folder = mkdtempSync(join(tmpdir(), "sagaspec-simulation-"));
  const open = new Set<SqliteStore>();
  const close = (store: SqliteStore) => {
    // Not the store, which would write first what still waits.
    if (open.delete(store)) store.database.close();
  };
  const openFor = (name: string, life?: Incarnation) => {
    const store = createSqliteStore({ path: join(folder, `${name}.db`), clock, synchronous: "normal" });
    // The machine is never without power here.
    store.database.exec("pragma synchronous = off");
    open.add(store);
    life?.onEnd(() => close(store));
    return store;
  };
  return {
    mostProcesses: 1,
    sagas: (life) => openFor("sagas", life),
    inbox: (service, life) => openFor(service, life).inbox,
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
