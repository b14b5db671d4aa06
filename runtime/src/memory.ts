/** Transport, inbox and saga store inside the process: nothing to install, nothing that outlives it. */
import { createMemoryStore, type MemoryStoreOptions } from "./stores/memory/saga-store.js";

export { createMemoryInbox, type MemoryInboxOptions } from "./messaging/memory-inbox.js";
export { createMemoryStore, type MemoryStore, type MemoryStoreOptions } from "./stores/memory/saga-store.js";
export type { Faults } from "./transports/memory/faults.js";
export type { DeadLetter } from "./transports/memory/queue.js";
export {
  createMemoryTransport,
  type MemoryTransport,
  type MemoryTransportOptions,
} from "./transports/memory/transport.js";

/** @deprecated It is {@link createMemoryStore} now. */
export const createMemorySagaStore: typeof createMemoryStore = createMemoryStore;
/** @deprecated It is {@link MemoryStoreOptions} now. */
export type MemorySagaStoreOptions = MemoryStoreOptions;
