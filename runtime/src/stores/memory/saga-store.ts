import { type Clock, systemClock } from "../../core/clock.js";
import { refuseUnknownOptions } from "../../core/known-options.js";
import type { Inbox } from "../../messaging/inbox.js";
import { createMemoryInbox } from "../../messaging/memory-inbox.js";
import { createHandOvers } from "../../saga/store/hand-over.js";
import {
  type DefinitionRef,
  type SagaAdmin,
  type SagaRow,
  type SagaStore,
  statusesUnderWay,
} from "../../saga/store/saga-store.js";
import { createMemorySagaAdmin } from "./saga-admin.js";
import { pendingIn } from "./saga-pending.js";
import { pair, SagaTables } from "./saga-tables.js";

export interface MemoryStoreOptions {
  /** The store's clock. @default the machine's */
  readonly clock?: Clock;
  /** Names the store's queues. @default a random one */
  readonly name?: string;
  /** Finished sagas, and finished commands of the inbox, that are remembered at least, the youngest. @default 100_000 */
  readonly capacity?: number;
}

const hour = 3_600_000;

/** A saga store, and the inbox of participants beside it, in the form of the other stores. */
export interface MemoryStore extends SagaStore, SagaAdmin {
  /** Remembers what participants of this process have executed. */
  readonly inbox: Inbox;
}

/**
 * Sagas and an inbox in this process's memory: the same promises as the other stores, except that a restart forgets all.
 * @throws SagaspecError `invalid-usage` for an option that it does not know.
 * @example const store = createMemoryStore();
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  refuseUnknownOptions("createMemoryStore", options, ["clock", "name", "capacity"]);
  const { clock = systemClock, name = crypto.randomUUID().slice(0, 8), capacity = 100_000 } = options;
  const tables = new SagaTables();
  const handOvers = createHandOvers();
  /** Sagas inside `transact`: a commit of one of them waits. */
  const locks = new Map<string, Promise<void>>();

  const store: SagaStore = {
    name,
    ...(options.name === undefined && { queuesExpireMs: hour }),

    async load(refs) {
      return refs.map((ref) => {
        const ids =
          "id" in ref
            ? [ref.id]
            : "channel" in ref
              ? [...(tables.keys.get(pair(ref.channel, ref.key))?.keys() ?? [])].sort()
              : [tables.businessKeys.get(pair(ref.type, ref.businessKey))];
        return ids.map((id) => tables.read(id)).filter((row): row is SagaRow => row !== undefined);
      });
    },

    async commit(batch, also = {}) {
      for (;;) {
        const held = batch.map(({ row }) => locks.get(row.id)).find((lock) => lock !== undefined);
        if (!held) break;
        await held;
      }
      tables.housekeep(also);
      // By the tenth, because each time looks at everything.
      if (tables.finished.size > capacity * 1.1) {
        tables.forget(new Set([...tables.finished].slice(0, tables.finished.size - capacity)));
      }
      const verdicts = batch.map((commit) => {
        try {
          return tables.apply(commit, clock.now());
        } catch (error) {
          return error instanceof Error ? error : new Error(String(error));
        }
      });
      for (const { keys } of also.handOver ?? []) tables.handOver(keys);
      handOvers.tell(also);
      return verdicts;
    },

    async transact({ id, expected }, work) {
      for (let held = locks.get(id); held; held = locks.get(id)) await held;
      if ((tables.sagas.get(id)?.row.revision ?? 0) !== expected) return "conflict";
      let release = () => {};
      locks.set(
        id,
        new Promise((resolve) => {
          release = resolve;
        }),
      );
      try {
        return tables.apply(await work(undefined), clock.now());
      } finally {
        locks.delete(id);
        release();
      }
    },

    async pending(mine, limit, olderThanMs) {
      return pendingIn(tables, { mine, limit, olderThanMs, now: clock.now() });
    },

    async underWay(versions) {
      const found = new Map<string, DefinitionRef & { count: number }>();
      for (const { row } of tables.sagas.values()) {
        const { type, version, hash, status } = row;
        if (!statusesUnderWay.includes(status)) continue;
        if (!versions.some((one) => one.type === type && one.version === version)) continue;
        const name = JSON.stringify([type, version, hash]);
        const known = found.get(name);
        if (known) known.count += 1;
        else found.set(name, { type, version, hash, count: 1 });
      }
      return [...found.values()];
    },

    async events(keys) {
      const at = new Set(keys.map(({ channel, key }) => pair(channel, key)));
      return [...at]
        .flatMap((one) => [...(tables.events.get(one)?.values() ?? [])].map(({ event }) => event))
        .sort((one, other) => one.at - other.at);
    },

    listen: handOvers.listen,

    async close() {},
  };
  return { ...store, ...createMemorySagaAdmin(tables), inbox: createMemoryInbox({ clock, capacity }) };
}
