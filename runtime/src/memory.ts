/** Transport, inbox and saga store inside the process: nothing to install, nothing that outlives it. */

export { createMemoryInbox, type MemoryInboxOptions } from "./messaging/memory-inbox.js";
export { createMemorySagaStore, type MemorySagaStoreOptions } from "./stores/memory/saga-store.js";
export type { Faults } from "./transports/memory/faults.js";
export type { DeadLetter } from "./transports/memory/queue.js";
export {
  createMemoryTransport,
  type MemoryTransport,
  type MemoryTransportOptions,
} from "./transports/memory/transport.js";
