// The inbox does not grow for ever: what nobody would execute any more goes, a little at a time.
import { createClient, type Inbox, type InboxAdmin, type Server, serve } from "@sagaspec/runtime";
import { createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { createSqliteStore, type SqliteStore } from "@sagaspec/runtime/sqlite";
import { createVirtualClock, type VirtualClock } from "@sagaspec/runtime/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type KitchenHandlers, kitchen } from "../support/fixtures/kitchen.js";

const handlers: KitchenHandlers = {
  createTicket: ({ orderId }) => ({ ticketId: orderId }),
  cancelTicket() {},
  weigh: (payload) => ({ name: "light", payload }),
  clean() {},
};

let clock: VirtualClock;
let store: SqliteStore;
let transport: MemoryTransport;
let server: Server;
beforeEach(() => {
  clock = createVirtualClock();
  store = createSqliteStore({ path: ":memory:", clock });
  transport = createMemoryTransport({ clock });
});
afterEach(async () => {
  await server.close();
  await transport.close();
  await store.close();
});

const start = async (inbox: Inbox & Partial<InboxAdmin>) => {
  server = await serve(kitchen, handlers, transport, { clock, inbox, retention: "1h", onProblem() {} });
  return createClient(kitchen, transport, { clock });
};
const rows = () => (store.database.prepare("select count(*) as n from sagaspec_inbox").get() as { n: number }).n;

it("forgets a message once it is older than the retention, and not before", async () => {
  const client = await start(store.inbox);
  const asked = client.createTicket({ orderId: 1, dishes: ["a"] });
  await clock.advance(100);
  await asked;
  await clock.advance("1h");
  expect(rows()).toBe(1);
  await clock.advance("3m");
  expect(rows()).toBe(0);
});

it("forgets in small batches, and goes on answering in between", async () => {
  const insert = store.database.prepare(
    `insert into sagaspec_inbox (message_id, operation, fingerprint, state, token, lease_until, updated_at, unsent)
     values (?, 'kitchen.clean', '', 'done', ?, 0, ?, 0)`,
  );
  for (let n = 0; n < 1_200; n++) insert.run(`old-${n}`, `token-${n}`, clock.now() - 3 * 3_600_000);
  const purged: number[] = [];
  const purge = async (since: number, limit: number) => {
    const gone = await store.inbox.purge(since, limit);
    purged.push(gone);
    return gone;
  };
  const client = await start({ ...store.inbox, purge });
  await clock.advance("60050ms");
  const asked = client.createTicket({ orderId: 1, dishes: ["a"] });
  await clock.advance(10);
  expect(await asked).toEqual({ ticketId: 1 });
  expect(purged).toEqual([500]);
  await clock.advance("10s");
  expect(purged).toEqual([500, 500, 200]);
  expect(rows()).toBe(1);
});

it("tries again a minute later when the database is away", async () => {
  let calls = 0;
  const purge = async () => {
    calls += 1;
    throw new Error("away");
  };
  await start({ ...store.inbox, purge });
  await clock.advance("3m");
  expect(calls).toBe(3);
});
