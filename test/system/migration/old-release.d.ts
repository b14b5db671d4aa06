/** The release that `old-release.js` is, in the types of today's: what is used of it has kept its shape. */
export { createClient, createSagaRunner, saga, serve } from "@sagaspec/runtime";
export { createAmqpTransport } from "@sagaspec/runtime/amqp";
export { createMemoryTransport } from "@sagaspec/runtime/memory";
export { createPostgresStore } from "@sagaspec/runtime/postgres";
export { createSqliteStore } from "@sagaspec/runtime/sqlite";
