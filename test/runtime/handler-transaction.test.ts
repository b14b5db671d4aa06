// What a handler does in its database and what the inbox keeps of it: both or neither.
import { createClient, type Inbox, type Problem, type Server, serve } from "@sagaspec/runtime";
import type { RequestContext } from "@sagaspec/runtime/codegen";
import { createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { createPostgresStore, type PostgresClient } from "@sagaspec/runtime/postgres";
import { createSqliteStore, type SqliteDatabase } from "@sagaspec/runtime/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KitchenHandlers, kitchen, type TicketCreated } from "../support/fixtures/kitchen.js";
import { createPglitePool } from "../support/postgres.js";

/** A participant's database with a table of its own. */
interface Subject {
  readonly inbox: Inbox;
  /** Writes a ticket inside the transaction, then does what else `then` says. */
  insert<T>(tx: unknown, orderId: number, then: () => T): T | Promise<T>;
  tickets(): Promise<readonly number[]>;
  close(): Promise<void>;
}

function sqlite(): Subject {
  const store = createSqliteStore({ path: ":memory:" });
  store.database.exec("create table ticket (order_id integer not null)");
  return {
    inbox: store.inbox,
    insert(tx, orderId, then) {
      (tx as SqliteDatabase).prepare("insert into ticket values (?)").run(orderId);
      return then();
    },
    async tickets() {
      const rows = store.database.prepare("select order_id from ticket").all() as { order_id: number }[];
      return rows.map(({ order_id }) => order_id);
    },
    close: () => store.close(),
  };
}

async function pglite(): Promise<Subject> {
  const { pool, close } = await createPglitePool();
  const store = createPostgresStore({ pool, migrate: true });
  await pool.query({ text: "create table ticket (order_id integer not null)" });
  return {
    inbox: store.inbox,
    async insert(tx, orderId, then) {
      await (tx as PostgresClient).query({ text: "insert into ticket values ($1)", values: [orderId] });
      return then();
    },
    async tickets() {
      const { rows } = await pool.query({ text: "select order_id from ticket" });
      return (rows as { order_id: number }[]).map(({ order_id }) => order_id);
    },
    async close() {
      await store.close();
      await close();
    },
  };
}

const handlers: KitchenHandlers = {
  createTicket: ({ orderId }) => ({ ticketId: orderId }),
  cancelTicket() {},
  weigh: (payload) => ({ name: "light", payload }),
  clean() {},
};
type Context = RequestContext<{ ticketRefused: { reason: "closed" | "sold-out" } }>;

let transport: MemoryTransport;
let problems: Problem[];
const servers: Server[] = [];

beforeEach(() => {
  transport = createMemoryTransport();
  problems = [];
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await transport.close();
});

async function start(inbox: Inbox | undefined, createTicket: KitchenHandlers["createTicket"]) {
  const onProblem = (problem: Problem) => void problems.push(problem);
  const options = { onProblem, ...(inbox && { inbox }) };
  servers.push(await serve(kitchen, { ...handlers, createTicket }, transport, options));
  const client = createClient(kitchen, transport);
  return (orderId = 1) => client.createTicket({ orderId, dishes: ["a"] });
}

describe.each([
  ["SQLite", async () => sqlite()],
  ["PostgreSQL (PGlite)", pglite],
] as const)("a handler's transaction in %s", (_, create) => {
  let subject: Subject;
  let executions: number;
  beforeEach(async () => {
    subject = await create();
    executions = 0;
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await subject.close();
  });

  /** Creates a ticket, and ends as `then` says. */
  const ticket =
    (then: (context: Context) => TicketCreated) =>
    ({ orderId }: { orderId: number }, context: Context) => {
      executions += 1;
      return context.transaction((tx) => subject.insert(tx, orderId, () => then(context)));
    };

  it("commits the work with the recorded reply, and a duplicate gets that without the handler", async () => {
    const ask = await start(
      subject.inbox,
      ticket(() => ({ ticketId: 7 })),
    );
    expect(await ask()).toEqual({ ticketId: 7 });
    expect(await subject.tickets()).toEqual([1]);
    expect(await ask()).toEqual({ ticketId: 7 });
    expect({ executions, tickets: await subject.tickets() }).toEqual({ executions: 1, tickets: [1] });
    expect(problems).toEqual([]);
  });

  it("leaves neither work nor record when it fails in between, and does both the next time", async () => {
    const ask = await start(
      subject.inbox,
      ticket(() => {
        if (executions === 1) throw new Error("the power is out");
        return { ticketId: 7 };
      }),
    );
    await expect(ask()).rejects.toMatchObject({ retryable: true });
    expect(await subject.tickets()).toEqual([]);
    expect(await ask()).toEqual({ ticketId: 7 });
    expect({ executions, tickets: await subject.tickets() }).toEqual({ executions: 2, tickets: [1] });
  });

  it("takes back the work of a refusal, which is recorded", async () => {
    const ask = await start(
      subject.inbox,
      ticket(({ fail }) => {
        throw fail("ticketRefused", { reason: "closed" });
      }),
    );
    for (let time = 0; time < 2; time++) {
      await expect(ask()).rejects.toMatchObject({ failure: { name: "ticketRefused" } });
    }
    expect({ executions, tickets: await subject.tickets() }).toEqual({ executions: 1, tickets: [] });
  });

  it("takes back the work behind an answer that breaks the contract", async () => {
    const ask = await start(
      subject.inbox,
      ticket(() => ({ ticketId: "seven" }) as never),
    );
    for (let time = 0; time < 2; time++) {
      await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining("ticketId") });
    }
    expect({ executions, tickets: await subject.tickets() }).toEqual({ executions: 1, tickets: [] });
  });

  it("answers what its transaction has recorded, whatever the handler does afterwards", async () => {
    const ask = await start(subject.inbox, async (order, context) => {
      await ticket(() => ({ ticketId: 7 }))(order, context);
      throw new Error("the bell is broken");
    });
    expect(await ask()).toEqual({ ticketId: 7 });
    expect(problems).toMatchObject([{ kind: "handler-error", reason: expect.stringContaining("the bell is broken") }]);
  });

  it("refuses a second transaction for one message", async () => {
    const ask = await start(subject.inbox, async (order, context) => {
      const first = await ticket(() => ({ ticketId: 7 }))(order, context);
      await expect(ticket(() => ({ ticketId: 8 }))(order, context)).rejects.toMatchObject({ code: "invalid-usage" });
      return first;
    });
    expect(await ask()).toEqual({ ticketId: 7 });
    expect(await subject.tickets()).toEqual([1]);
  });

  it("takes back the work of a command whose undo came in between, and of one that was taken over", async () => {
    const command = (messageId: string) => ({ messageId, operation: "o", key: messageId, fingerprint: "" });
    const { inbox } = subject;
    const reply = { name: "", payload: null };
    const claimed = await inbox.claim([command("undone"), command("lost")], 1);
    const tokens = claimed.map((one) => (one.state === "claimed" ? one.token : ""));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await inbox.claim([{ ...command("undo"), undoes: "undone" }, command("lost")], 60_000);
    const verdicts = [];
    for (const token of tokens) {
      verdicts.push(await inbox.transact?.(token, (tx) => subject.insert(tx, 1, () => reply)));
    }
    expect(verdicts).toEqual(["undone", "lost"]);
    expect(await subject.tickets()).toEqual([]);
  });
});

it("a handler's transaction needs an inbox that has a database, and says so", async () => {
  const ask = await start(undefined, (_, { transaction }) => transaction(() => ({ ticketId: 7 })));
  await expect(ask()).rejects.toMatchObject({ retryable: true });
  expect(problems[0]?.reason).toContain("pass serve the inbox of an SQLite or PostgreSQL store");
});

it("a handler's transaction in SQLite must be synchronous", async () => {
  const subject = sqlite();
  const ask = await start(subject.inbox, ({ orderId }, { transaction }) =>
    transaction(async (tx) => subject.insert(tx, orderId, () => ({ ticketId: 7 }))),
  );
  await expect(ask()).rejects.toMatchObject({ retryable: true });
  expect(problems[0]?.reason).toContain("make it synchronous");
  expect(await subject.tickets()).toEqual([]);
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await subject.close();
});
