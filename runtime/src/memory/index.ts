/** Transport, inbox and saga store inside the process: nothing to install, nothing that outlives it. */

export type { Faults } from "./faults.js";
export { createMemoryInbox, type MemoryInboxOptions } from "./inbox.js";
export type { DeadLetter } from "./queue.js";
export { createMemorySagaStore, type MemorySagaStoreOptions } from "./saga-store.js";
export { createMemoryTransport, type MemoryTransport, type MemoryTransportOptions } from "./transport.js";
