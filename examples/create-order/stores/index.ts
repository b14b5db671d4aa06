import type { Inbox, SagaStore } from "@sagaspec/runtime";
import type { Orders } from "../orders.js";
import { openMemory } from "./memory.js";
import { openPostgres } from "./postgres.js";
import { openSqlite } from "./sqlite.js";

/** Where the order service keeps its orders, their sagas, and which requests it has answered: all in one database. */
export interface OrderStore {
  readonly store: SagaStore;
  readonly inbox: Inbox;
  readonly orders: Orders;
  /** Closes the database and removes it: every run of the example begins with an empty one. */
  close(): Promise<void>;
}

export const storeNames = ["memory", "sqlite", "postgres"] as const;
export type StoreName = (typeof storeNames)[number];

export const stores: Readonly<Record<StoreName, () => Promise<OrderStore>>> = {
  memory: openMemory,
  sqlite: openSqlite,
  postgres: openPostgres,
};
