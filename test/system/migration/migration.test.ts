// A database that version 0.1 left with sagas in every state: today's release ends them all.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createClient,
  createSagaRunner,
  type HistoryRow,
  type Inbox,
  type SagaStore,
  saga,
  serve,
} from "@sagaspec/runtime";
import { conditionOf, type SagaAdmin } from "@sagaspec/runtime/admin";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { createSqliteStore, openSqlite } from "@sagaspec/runtime/sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, postgresMissing } from "../../support/postgres.js";
import { leftDatabase } from "./left-sagas.js";
import { defineSagas } from "./sagas.js";
import { deskEvents, warehouse } from "./services.js";

type Store = SagaStore & SagaAdmin & { readonly inbox: Inbox };

interface Opened {
  readonly store: Store;
  remove(): Promise<void>;
}

async function openSqliteStore(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), "sagaspec-migration-"));
  const path = join(folder, "left.db");
  const database = openSqlite(path);
  database.exec(leftDatabase("sqlite"));
  database.close();
  const store = createSqliteStore({ path });
  return {
    store,
    async remove() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function openPostgresStore(): Promise<Opened> {
  const database = await createDatabase();
  const pool = database.pool();
  await pool.query(leftDatabase("postgres"));
  const store = createPostgresStore({ pool, schema: "left_by_old", migrate: true });
  return {
    store,
    async remove() {
      await store.close();
      await database.drop();
    },
  };
}

/** What each saga is doing when the new release comes, what people do to it, how it ends, and what that asks for. */
const expected: readonly {
  readonly order: string;
  readonly left: string;
  readonly ends: string;
  readonly did: readonly string[];
}[] = [
  { order: "open-call", left: "running", ends: "completed", did: ["reserve", "charge", "ship"] },
  { order: "answered-unheard", left: "running", ends: "completed", did: ["charge", "ship"] },
  { order: "reply-parked", left: "running", ends: "completed", did: ["charge", "ship"] },
  { order: "paused", left: "paused", ends: "completed", did: ["reserve", "charge", "ship"] },
  { order: "cancelled-at-pivot", left: "running", ends: "cancelled", did: ["charge", "release"] },
  { order: "needs-attention", left: "needs-attention", ends: "completed", did: ["ship"] },
  { order: "undoing", left: "compensating", ends: "compensated", did: ["release"] },
  { order: "completed", left: "completed", ends: "completed", did: [] },
  { order: "compensated", left: "compensated", ends: "compensated", did: [] },
  { order: "cancelled", left: "cancelled", ends: "cancelled", did: [] },
  { order: "tombstone", left: "completed", ends: "completed", did: [] },
  { order: "asleep", left: "waiting", ends: "completed", did: ["ship"] },
  { order: "fast-asleep", left: "waiting", ends: "completed", did: ["ship"] },
  { order: "late", left: "compensated", ends: "compensated", did: ["release"] },
  { order: "waiting", left: "waiting", ends: "completed", did: ["ship"] },
  { order: "told-early", left: "running", ends: "completed", did: ["reserve", "ship"] },
  { order: "waiting-in-vain", left: "waiting", ends: "compensated", did: ["release"] },
  { order: "between-attempts", left: "retrying", ends: "completed", did: ["reserve"] },
  // The old form does not say that the pause is a poll's; the next round does.
  { order: "between-polls", left: "retrying", ends: "completed", did: ["reserve"] },
  { order: "in-group", left: "running", ends: "completed", did: ["reserve", "ship"] },
  { order: "in-each", left: "running", ends: "completed", did: ["reserve"] },
  { order: "in-race", left: "running", ends: "completed", did: ["reserve", "release"] },
  { order: "in-branch", left: "running", ends: "completed", did: ["charge"] },
  { order: "in-phase", left: "running", ends: "completed", did: ["reserve"] },
  { order: "with-child", left: "running", ends: "completed", did: ["reserve", "charge"] },
  { order: "child-undone", left: "compensating", ends: "compensated", did: ["release"] },
  { order: "in-run", left: "running", ends: "completed", did: ["count"] },
  { order: "asked", left: "running", ends: "completed", did: ["reserve"] },
];

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const isApproval = ({ kind, step }: HistoryRow) => kind === "step-succeeded" && step === "offers/approval";

const missing = await postgresMissing();
if (missing) console.warn(`skipped: ${missing}`);
const stores = [["SQLite", openSqliteStore], ...(missing ? [] : [["PostgreSQL", openPostgresStore] as const])] as const;

describe.each(stores)("a database of the old release on %s", (_, open) => {
  const did = new Map<string, string[]>();
  const left = new Map<string, string>();
  const problems: unknown[] = [];
  let opened: Opened;
  let idOf: (order: string) => string;
  let untouched: string[] = [];
  let history: Awaited<ReturnType<SagaAdmin["history"]>>[];

  beforeAll(async () => {
    opened = await open();
    const { store } = opened;
    const execute = (what: string, orderId: string) => {
      const order = orderId.replace(/:\d+$/, "");
      did.set(order, [...(did.get(order) ?? []), what]);
    };
    const { sagas: before } = await store.list({ limit: 1_000 });
    const rows = new Map(before.filter(({ type }) => type !== "part").map((row) => [row.key ?? "", row]));
    for (const [order, row] of rows) left.set(order, conditionOf(row));
    idOf = (order) => rows.get(order)?.id ?? "";

    /** The event has won the race: now its loser answers. */
    const decided = deferred();
    const transport = createMemoryTransport();
    const server = await serve(
      warehouse,
      {
        async reserve({ orderId }) {
          execute("reserve", orderId);
          if (orderId === "in-race") await decided.promise;
          return { reservationId: "ready" };
        },
        release: ({ orderId }) => execute("release", orderId),
        charge({ orderId }, { fail }) {
          execute("charge", orderId);
          if (orderId === "cancelled-at-pivot") throw fail("refused", { reason: "no money" });
          return { receiptId: `c-${orderId}` };
        },
        refund: ({ orderId }) => execute("refund", orderId),
        ship: ({ orderId }) => execute("ship", orderId),
      },
      transport,
      { inbox: store.inbox },
    );
    const sagas = defineSagas(saga, {
      count: async (orderId) => {
        execute("count", orderId);
        return 1;
      },
    });
    const runner = createSagaRunner({
      service: "desk",
      sagas: Object.values(sagas),
      store,
      transport,
      settleTime: 0,
      onProblem: ({ error }) => problems.push(error),
    });
    await runner.start();

    const ended = async (orders: readonly string[]) => {
      for (let left = 600; left > 0; left--) {
        const rows = await store.load(orders.map((order) => ({ id: idOf(order) })));
        if (rows.every(([row]) => row && ["completed", "compensated", "cancelled"].includes(row.status))) return;
        await sleep(50);
      }
    };
    const handled = ["paused", "needs-attention", "fast-asleep", "waiting", "in-race"];
    await ended(expected.map(({ order }) => order).filter((order) => !handled.includes(order)));
    untouched = handled.filter((order) => did.has(order));

    const by = { by: "bert", why: "the new release is here" };
    await runner.operate(idOf("paused"), { action: "resume", ...by });
    await runner.operate(idOf("needs-attention"), { action: "retry", ...by });
    await runner.operate(idOf("fast-asleep"), { action: "skip", step: "night", ...by });
    const events = createClient(deskEvents, transport);
    await events.approved({ orderId: "waiting" });
    await events.approved({ orderId: "in-race" });
    for (let left = 200; left > 0 && !(await store.history(idOf("in-race"))).some(isApproval); left--) await sleep(50);
    decided.resolve();
    // The reservation that had been given up is there after all.
    await transport.send([
      {
        id: "late-reply",
        type: "reserved",
        body: Buffer.from(JSON.stringify({ reservationId: "late" })),
        contentType: "application/json",
        headers: {},
        correlationId: `${idOf("late")}/stock/do/1#1`,
        sentAt: Date.now(),
        to: { reply: `desk.replies.${store.name}.replies` },
      },
    ]);
    for (let left = 200; left > 0 && !did.has("late"); left--) await sleep(50);
    await ended(expected.map(({ order }) => order));
    await runner.close();
    await server.close();
    await transport.close();
    history = await Promise.all(expected.map(({ order }) => store.history(idOf(order))));
  });
  afterAll(() => opened.remove());

  test("says what each saga is doing", () => {
    expect(Object.fromEntries(left)).toEqual(Object.fromEntries(expected.map(({ order, left }) => [order, left])));
  });

  test("is left alone where an operator or an event is waited for", () => {
    expect(untouched).toEqual(["in-race"]);
  });

  test.each(expected)("ends $order as $ends", async ({ order, ends, did: wanted }) => {
    const row = await opened.store.get(idOf(order));
    expect(row?.status).toBe(ends);
    expect(did.get(order) ?? []).toEqual(wanted);
  });

  test("ends the children with their parents", async () => {
    const { sagas } = await opened.store.list({ type: "part" });
    expect(sagas.map(({ parent, status }) => [parent?.slice(0, 36), status]).sort()).toEqual(
      [
        [idOf("with-child"), "completed"],
        [idOf("child-undone"), "compensated"],
      ].sort(),
    );
  });

  test("keeps every history in one piece", () => {
    for (const lines of history) {
      expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
      expect(lines[0]?.kind).toBe("started");
    }
  });

  test("gives nobody a problem", () => {
    expect(problems).toEqual([]);
  });
});
