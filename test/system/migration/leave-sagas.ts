/**
 * Leaves sagas in every state with the old release, and writes its database as SQL beside this file.
 * @example npx tsx --conditions=@sagaspec/source test/system/migration/leave-sagas.ts sqlite
 * @example DATABASE_URL=... npx tsx --conditions=@sagaspec/source test/system/migration/leave-sagas.ts postgres
 */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Outgoing, SagaStore, Transport } from "@sagaspec/runtime";
import pg from "pg";
import {
  createClient,
  createMemoryTransport,
  createPostgresStore,
  createSagaRunner,
  createSqliteStore,
  saga,
  serve,
} from "./old-release.js";
import { defineSagas } from "./sagas.js";
import { desk, deskEvents, type Order, type WarehouseHandlers, warehouse } from "./services.js";
import { dumpSqlite } from "./sqlite-text.js";

const kind = process.argv[2] === "postgres" ? "postgres" : "sqlite";
const name = `left_${randomUUID().slice(0, 8)}`;
const file = join(mkdtempSync(join(tmpdir(), "sagaspec-left-")), "left.db");
const url = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const store =
  kind === "postgres"
    ? createPostgresStore({ pool: new pg.Pool({ connectionString: url }), schema: name, migrate: true })
    : createSqliteStore({ path: file });
const broker = createMemoryTransport();
/** Loses the command of one saga, which gives it up, and undoes it. */
const transport: Transport = Object.create(broker, {
  traits: { value: broker.traits },
  prepare: { value: broker.prepare.bind(broker) },
  subscribe: { value: broker.subscribe.bind(broker) },
  send: {
    value: async (batch: readonly Outgoing[]) => {
      const isLost = ({ type, body }: Outgoing) => type === "reserve" && Buffer.from(body).includes('"late"');
      const results = await broker.send(batch.filter((message) => !isLost(message)));
      let next = 0;
      return batch.map((message) => (isLost(message) ? "accepted" : results[next++]));
    },
  },
});

/** Resolves what hangs at the warehouse. */
const hanging = new Map<string, () => void>();
const hang = (what: string) => new Promise<void>((resolve) => hanging.set(what, resolve));

/** Commands that the warehouse never answers, or not before the worker is gone. */
const silent = new Set([
  "reserve open-call",
  "reserve answered-unheard",
  "reserve reply-parked",
  "reserve paused",
  "reserve told-early",
  "reserve in-group",
  "reserve in-race",
  "reserve in-phase",
  "reserve with-child",
  "reserve asked",
  "reserve in-each:1",
  "charge cancelled-at-pivot",
  "charge in-branch",
  "release undoing",
  "release child-undone",
]);
const refusing = new Set(["undoing", "compensated", "child-undone"]);

const calls = async (operation: string, { orderId }: { readonly orderId: string }) => {
  const what = `${operation} ${orderId}`;
  if (silent.has(what)) await hang(what);
  if (what === "reserve between-attempts") throw new Error("busy");
};
const handlers: WarehouseHandlers = {
  async reserve(order) {
    await calls("reserve", order);
    return { reservationId: order.orderId === "between-polls" ? "pending" : `r-${order.orderId}` };
  },
  release: (order) => calls("release", order),
  async charge(order, { fail }) {
    await calls("charge", order);
    if (refusing.has(order.orderId)) throw fail("refused", { reason: "no money" });
    return { receiptId: `c-${order.orderId}` };
  },
  refund: (order) => calls("refund", order),
  async ship(order, { fail }) {
    await calls("ship", order);
    if (order.orderId === "needs-attention") throw fail("unshippable", { reason: "no address" });
  },
};
await serve(warehouse, handlers, transport, { inbox: store.inbox });

const sagas = defineSagas(saga, { count: () => new Promise(() => {}) });
const { part: _part, ...started } = sagas;
const runnerOptions = { service: "desk", store: store as SagaStore, transport, settleTime: 0 };
const runner = createSagaRunner({ ...runnerOptions, sagas: Object.values(sagas) });
await runner.start();
await serve(desk, { place: runner.handler(sagas.answering) }, transport, { inbox: store.inbox });

/** What each saga is left at: its definition, where that is, and the order's amount where it matters. */
const left: readonly [order: string, definition: keyof typeof started, at: string, amount?: number][] = [
  ["open-call", "buying", "stock"],
  ["answered-unheard", "buying", "stock"],
  ["reply-parked", "buying", "stock"],
  ["paused", "buying", "stock"],
  ["cancelled-at-pivot", "buying", "payment"],
  ["needs-attention", "buying", "needs-attention"],
  ["undoing", "buying", "stock"],
  ["completed", "buying", "completed"],
  ["compensated", "buying", "compensated"],
  ["cancelled", "sleeping", "night", 1],
  ["asleep", "sleeping", "night", 1],
  ["fast-asleep", "sleeping", "night", 30],
  ["late", "hasty", "compensated"],
  ["waiting", "waiting", "approval"],
  ["told-early", "waiting", "stock"],
  ["waiting-in-vain", "impatient", "approval"],
  ["between-attempts", "retrying", "stock"],
  ["between-polls", "polling", "stock"],
  ["in-group", "together", "parts/stock"],
  ["in-each", "several", "units/1/stock", 4],
  ["in-race", "either", "offers/approval offers/stock"],
  ["in-branch", "choosing", "way/card/payment", 2],
  ["in-phase", "phased", "stock"],
  ["with-child", "whole", "delivery"],
  ["child-undone", "whole", "delivery"],
  ["in-run", "counting", "count"],
  ["tombstone", "buying", "completed"],
];
const ids = new Map<string, string>();
for (const [order, definition, , amount = 1] of left) {
  // Its end is a time of its own: by that it is found below.
  if (order === "tombstone") await sleep(500);
  const input: Order = { orderId: order, amount };
  const handle = await runner.run(started[definition] as typeof sagas.buying, input, { key: order });
  ids.set(order, handle.id);
}
const idOf = (order: string) => ids.get(order) ?? "";
const client = createClient(desk, transport);
void client.place({ orderId: "asked", amount: 1 }, { timeoutMs: 60_000 } as never).catch(() => {});

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let left = 200; left > 0; left--) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error(`not so: ${what}`);
}
for (const [order, , at] of left) {
  await until(`${order} at ${at}`, async () => {
    const row = await store.get(idOf(order));
    const where = row?.status === "running" || row?.status === "compensating" ? row.cursor : [row?.status];
    if (process.env.VERBOSE && row) console.log(order, row.status, row.cursor);
    return [...where].sort().join(" ") === at;
  });
}
await until("told early", async () => hanging.has("reserve told-early"));
const act = { by: "anna", why: "left so" };
await runner.operate(idOf("paused"), { action: "pause", ...act });
await runner.operate(idOf("cancelled-at-pivot"), { action: "cancel", ...act });
await runner.operate(idOf("cancelled"), { action: "cancel", ...act });
await until("cancelled", async () => (await store.get(idOf("cancelled")))?.status === "cancelled");
await createClient(deskEvents, transport).approved({ orderId: "told-early" });
await until("asked", async () => (await store.list({ type: "answering" })).sagas[0]?.cursor[0] === "stock");
await sleep(1_500);
await runner.close();

// A worker that does not know `buying` keeps its reply for one that does.
const other = createSagaRunner({ ...runnerOptions, sagas: [sagas.sleeping] });
await other.start();
hanging.get("reserve reply-parked")?.();
await sleep(1_000);
await other.close();
hanging.get("reserve answered-unheard")?.();
await sleep(500);
// Of one that finished long ago only the name is left.
const { updatedAt = 0 } = (await store.get(idOf("tombstone"))) ?? {};
await store.shrink({ after: updatedAt - 1, before: updatedAt + 1 }, 10);

const header = `-- Left by @sagaspec/runtime 0.1 at ${Date.now()}\n`;
if (kind === "postgres") {
  const dump = execFileSync("pg_dump", ["--inserts", "--no-owner", `--schema=${name}`, url], { encoding: "utf8" });
  const lines = dump.split("\n").filter((line) => line !== "" && !/^(--|\\|SET |SELECT pg_catalog)/.test(line));
  writeFileSync(
    join(import.meta.dirname, "left.postgres.sql"),
    `${header}${lines.join("\n").replaceAll(name, "left_by_old")}\n`,
  );
  await new pg.Pool({ connectionString: url }).query(`drop schema ${name} cascade`);
} else {
  if (!("database" in store)) throw new Error("no database");
  writeFileSync(join(import.meta.dirname, "left.sqlite.sql"), header + dumpSqlite(store.database));
}
// As a process ends that is killed: nothing is closed.
process.exit(0);
