import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSagaRunner } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { createVirtualClock } from "@sagaspec/runtime/testing";
import { afterEach, expect, test } from "vitest";
import { order } from "../../support/saga/create-order.js";
import { booking, parent, tickets, waiting } from "../../support/saga/kinds.js";
import { participant } from "../../support/saga/participants.js";

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** The kinds of step on a file, which a second program opens after the first one is gone. */
async function programs() {
  const folder = mkdtempSync(join(tmpdir(), "sagaspec-kinds-"));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const clock = createVirtualClock();
  const transport = createMemoryTransport({ clock });
  cleanUps.push(() => transport.close());
  const replies: { [name: string]: { [name: string]: number } } = {
    createTicket: { ticketId: 200 },
    authorizeCard: { transactionId: 7 },
  };
  for (const service of ["consumer", "restaurant", "accounting"]) {
    await participant(transport, service, (name) => ({ ok: replies[name] ?? null }));
  }
  const open = async () => {
    const store = createSqliteStore({ path: join(folder, "sagas.db"), clock });
    const sagas = [booking, parent, tickets, waiting];
    const runner = createSagaRunner({ service: "order", sagas, store, transport, clock, settleTime: 0 });
    await runner.start();
    const close = async () => {
      await runner.close();
      await store.close();
    };
    return { runner, store, close };
  };
  const tell = (orderId: number) =>
    transport.send([
      {
        id: `approved-${orderId}`,
        type: "orderApproved",
        body: new TextEncoder().encode(JSON.stringify({ orderId })),
        contentType: "application/json",
        headers: {},
        sentAt: clock.now(),
        to: { address: "order.events", service: "order", action: "send" },
      },
    ]);
  return { open, clock, tell };
}

test("on SQLite an event finds the wait of a program that has been started again", async () => {
  const { open, clock, tell } = await programs();
  const first = await open();
  const { id } = await first.runner.run(waiting, order);
  await clock.advance(100);
  await first.close();
  await tell(1);
  const second = await open();
  cleanUps.push(() => second.close());
  await clock.advance(5_000);
  expect((await second.store.get(id))?.status).toBe("completed");
});

test("on SQLite groups, items and children come to their end", async () => {
  const { open, clock } = await programs();
  const { runner, store, close } = await open();
  cleanUps.push(close);
  const handles = [
    await runner.run(booking, order),
    await runner.run(tickets, { ...order, price: 5 }),
    await runner.run(parent, order),
  ];
  // A file takes its time: not so much of it passes at once that a command would time out.
  for (let times = 0; times < 60; times++) await clock.advance(20);
  for (const { id } of handles) expect((await store.get(id))?.status).toBe("completed");
});
