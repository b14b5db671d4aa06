/** A process of its own: prints how many steps a second sagas take on the store that it is told, round by round. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemorySagaStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { throughput } from "../amqp.js";
import { sagaSubject, serveShop, stepsPerSaga } from "./subject.js";

const [kind, rounds, forMs] = [process.argv[2], Number(process.argv[3]), 1_500];
const folder = mkdtempSync(join(tmpdir(), "sagaspec-bench-"));
const transport = createMemoryTransport();
const shop = await serveShop(transport);
const store = kind === "sqlite" ? createSqliteStore({ path: join(folder, "sagas.db") }) : createMemorySagaStore();
const subject = await sagaSubject({ store, transport });
const rates: number[] = [];
await throughput(subject, 256, forMs);
for (let round = 0; round < rounds; round += 1) {
  rates.push((await throughput(subject, 256, forMs)) * stepsPerSaga);
}
await subject.close();
await shop.close();
await transport.close();
await store.close();
rmSync(folder, { recursive: true });
console.log(JSON.stringify(rates));
