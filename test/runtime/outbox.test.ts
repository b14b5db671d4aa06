// What is sent inside a transaction: rolled back, nobody ever hears of it; committed, it is sent, whoever dies in between.
import { createClient, type Outbox, type Problem, serve, subscribe, type Transport } from "@sagaspec/runtime";
import type { Client, Contract, Handlers, Schema, Send } from "@sagaspec/runtime/codegen";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { createSqliteStore, type SqliteDatabase } from "@sagaspec/runtime/sqlite";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { kitchen } from "../support/fixtures/kitchen.js";
import { createDatabase, postgresMissing, type TestDatabase } from "../support/postgres.js";
import { until } from "./conformance/transport.js";

interface Placed {
  readonly orderId: number;
}
const PlacedSchema: Schema<Placed> = {
  type: "object",
  required: ["orderId"],
  properties: { orderId: { type: "integer" } },
};
interface Orders extends Contract<Client<Orders>, Handlers<Orders>> {
  readonly placed: Send<Placed>;
}
const orders: Orders = {
  $contract: { service: "orders", version: "1.0.0" },
  placed: {
    kind: "send",
    id: "orders.placed",
    action: "send",
    channel: { address: "orders.placed" },
    message: { name: "placed", payload: PlacedSchema },
  },
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A broker with somebody who hears of orders. */
async function listener() {
  const transport = createMemoryTransport();
  closing.push(() => transport.close());
  const heard: number[] = [];
  const ids: string[] = [];
  const problems: Problem[] = [];
  const onProblem = (problem: Problem) => problems.push(problem);
  const server = await subscribe(
    orders,
    {
      placed({ orderId }, { messageId }) {
        heard.push(orderId);
        ids.push(messageId);
      },
    },
    transport,
    { group: "kitchen", onProblem },
  );
  closing.push(() => server.close());
  const client = (outbox?: Outbox, by: Transport = transport) => {
    const made = createClient(orders, by, { onProblem, ...(outbox && { outbox }) });
    closing.push(() => made[Symbol.asyncDispose]());
    return made;
  };
  return { transport, heard, ids, problems, client };
}

describe("on SQLite", () => {
  function store() {
    const made = createSqliteStore({ path: ":memory:" });
    closing.push(() => made.close());
    made.database.exec("create table placed (order_id integer not null)");
    return made;
  }
  function inTransaction(database: SqliteDatabase, work: () => void): void {
    database.exec("begin");
    try {
      work();
      database.exec("commit");
    } catch (error) {
      database.exec("rollback");
      throw error;
    }
  }

  it("an event is sent when its transaction commits, and never when it rolls back", async () => {
    const { heard, client } = await listener();
    const { database, outbox } = store();
    const sender = client(outbox);
    const place = (orderId: number, isRefused: boolean) =>
      inTransaction(database, () => {
        database.prepare("insert into placed values (?)").run(orderId);
        void sender.placed({ orderId }, { tx: database });
        if (isRefused) throw new Error("no");
      });
    expect(() => place(1, true)).toThrow("no");
    place(2, false);
    await until(() => heard.length > 0, "the event");
    expect(heard).toEqual([2]);
    await until(() => database.prepare("select 1 from sagaspec_outbox").get() === undefined, "an empty outbox");
  });

  it("what breaks the contract throws inside the transaction, so that it does not commit without its event", async () => {
    const { heard, client } = await listener();
    const { database, outbox } = store();
    const sender = client(outbox);
    const wrong = { orderId: "one" } as unknown as Placed;
    const place = () =>
      inTransaction(database, () => {
        database.prepare("insert into placed values (1)").run();
        void sender.placed(wrong, { tx: database });
      });
    expect(place).toThrow(/invalid-message/);
    expect(database.prepare("select * from placed").all()).toEqual([]);
    expect(heard).toEqual([]);
  });

  it("another connection than the store's is refused, as is a client without an outbox, and a request", async () => {
    const { client, transport } = await listener();
    const { outbox, database } = store();
    expect(() => client(outbox).placed({ orderId: 1 }, { tx: {} })).toThrow(/invalid-usage.*store\.database/);
    expect(() => client().placed({ orderId: 1 }, { tx: database })).toThrow(/invalid-usage.*outbox/);
    const asking = createClient(kitchen, transport, { outbox });
    closing.push(() => asking[Symbol.asyncDispose]());
    const options = { tx: database } as object;
    await expect(asking.cancelTicket({ orderId: 1 }, options)).rejects.toMatchObject({ code: "invalid-usage" });
  });

  it("events of a handler's transaction roll back with it", async () => {
    const { transport, heard, client, problems } = await listener();
    const { database, outbox, inbox } = store();
    const sender = client(outbox);
    const server = await serve(
      kitchen,
      {
        cancelTicket() {},
        weigh: () => ({ weight: 1 }) as never,
        clean() {},
        createTicket: ({ orderId }, { transaction }) =>
          transaction((tx: SqliteDatabase) => {
            tx.prepare("insert into placed values (?)").run(orderId);
            void sender.placed({ orderId }, { tx });
            if (orderId === 1) throw new Error("no");
            return { ticketId: orderId };
          }),
      },
      transport,
      { inbox, onProblem: (problem) => problems.push(problem) },
    );
    closing.push(() => server.close());
    const asking = createClient(kitchen, transport);
    await expect(asking.createTicket({ orderId: 1, dishes: ["soup"] })).rejects.toMatchObject({ code: "remote-error" });
    expect(await asking.createTicket({ orderId: 2, dishes: ["soup"] })).toEqual({ ticketId: 2 });
    await until(() => heard.length > 0, "the event");
    expect(heard).toEqual([2]);
    expect(database.prepare("select order_id from placed").all()).toEqual([{ order_id: 2 }]);
  });
});

const missing = await postgresMissing();
describe.skipIf(missing)("on PostgreSQL", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database?.drop());

  async function store() {
    const pool = database.pool();
    const made = createPostgresStore({ pool, migrate: true });
    closing.push(() => made.close());
    await pool.query("create table if not exists placed (order_id integer not null)");
    await pool.query("truncate placed");
    return { ...made, pool };
  }

  async function emptied(pool: pg.Pool): Promise<void> {
    for (const end = Date.now() + 10_000; (await pool.query("select 1 from sagaspec.outbox")).rows.length > 0; ) {
      if (Date.now() > end) throw new Error("the outbox is not empty");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it("an event is sent when its transaction commits, and never when it rolls back", async () => {
    const { heard, client } = await listener();
    const { pool, outbox } = await store();
    const sender = client(outbox);
    const place = async (orderId: number, end: "commit" | "rollback") => {
      const tx = await pool.connect();
      await tx.query("begin");
      await tx.query("insert into placed values ($1)", [orderId]);
      await sender.placed({ orderId }, { tx });
      // Nothing goes out before.
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(heard).not.toContain(orderId);
      await tx.query(end);
      tx.release();
    };
    await place(1, "rollback");
    await place(2, "commit");
    await place(3, "commit");
    await until(() => heard.length === 2, "the events");
    expect(heard).toEqual([2, 3]);
    await emptied(pool);
  });

  it("postgres.js runs the statement, by its shape", async () => {
    const { heard, client } = await listener();
    const { pool, outbox } = await store();
    const sender = client(outbox);
    const tx = await pool.connect();
    const sql = Object.assign(() => {}, {
      unsafe: async (text: string, values?: unknown[]) => (await tx.query(text, values)).rows,
    });
    await tx.query("begin");
    await sender.placed({ orderId: 4 }, { tx: sql });
    await tx.query("commit");
    tx.release();
    await until(() => heard.length > 0, "the event");
    expect(heard).toEqual([4]);
  });

  it("what a process leaves that dies after the commit is sent by another one, once", async () => {
    const { heard, ids, client, transport } = await listener();
    const { pool, outbox } = await store();
    // It dies when it comes to sending.
    const dead = client(outbox, { ...transport, send: () => new Promise(() => {}), close: async () => {} });
    const kept: Outbox = { ...outbox, take: async () => [] };
    const alone = createClient(orders, transport, { outbox: kept });
    const tx = await pool.connect();
    await tx.query("begin");
    for (let orderId = 1; orderId <= 20; orderId++) {
      await alone.placed({ orderId }, { tx, messageId: `m${orderId}` });
    }
    await tx.query("commit");
    tx.release();
    await alone[Symbol.asyncDispose]();
    void dead;
    // Its hold has lapsed.
    await pool.query("update sagaspec.outbox set due_at = 0");
    const others = [1, 2, 3].map(() => createPostgresStore({ pool: database.pool() }));
    for (const one of others) {
      closing.push(() => one.close());
      client(one.outbox);
    }
    await until(() => heard.length >= 20, "the events", 20_000);
    expect(new Set(ids).size).toBe(20);
  });

  it("a broker that is away loses nothing; a message that it refuses for good is given up and said", async () => {
    const { heard, client, problems, transport } = await listener();
    const { pool, outbox } = await store();
    const refusing: Transport = {
      ...transport,
      send: async (batch) => {
        const sent = await transport.send(batch.slice(1));
        return [{ refused: "too large", retryable: false }, ...sent];
      },
      close: async () => {},
    };
    const sender = client(outbox, refusing);
    const tx = await pool.connect();
    await tx.query("begin");
    await sender.placed({ orderId: 1 }, { tx });
    await sender.placed({ orderId: 2 }, { tx });
    await tx.query("commit");
    tx.release();
    await until(() => heard.length > 0, "the second event");
    expect(heard).toEqual([2]);
    expect(problems).toEqual([expect.objectContaining({ kind: "unsendable" })]);
    await emptied(pool);
  });
});
