import { type RunContext, saga } from "@sagaspec/runtime";
import type { OneOf, Request, Schema, Send } from "@sagaspec/runtime/codegen";
import { openSqlite, type SqliteDatabase } from "@sagaspec/runtime/sqlite";
import { createTestBus } from "@sagaspec/runtime/testing";
import { expect, test } from "vitest";

interface Order {
  readonly order: number;
}
const OrderSchema: Schema<Order> = {
  type: "object",
  required: ["order"],
  properties: { order: { type: "integer" } },
};
const shipped: Send<Order, { readonly region: "eu" | "us" }, { readonly carrier: string }> = {
  kind: "send",
  id: "orders.shipped",
  action: "send",
  channel: { address: "orders.{region}.shipped", parameters: { region: { enum: ["eu", "us"] } } },
  message: {
    name: "shipped",
    payload: OrderSchema,
    headers: { type: "object", required: ["carrier"], properties: { carrier: { type: "string" } } },
  },
};
const invoice: Request<Order, void, Record<never, never>, { readonly region: string }> = {
  kind: "request",
  id: "billing.invoice",
  action: "receive",
  channel: { address: "billing.{region}", parameters: { region: {} } },
  message: { name: "invoice", payload: OrderSchema },
  reply: { success: [{ name: "invoiced" }] },
};

const delivery = saga("delivery", { version: 1, input: OrderSchema })
  .step("shipped", { wait: shipped, key: ({ input }) => input.order, match: ({ order }) => order, deadline: "1d" })
  .step("invoice", { call: invoice, with: ({ input }) => input, parameters: () => ({ region: "eu" }) });

test("a message is published to an address with parameters, and with headers", async () => {
  await using bus = await createTestBus({ sagas: [delivery] });
  const handle = await bus.start(delivery, { order: 1 });
  await bus.publish(shipped, { order: 1 }, { parameters: { region: "eu" }, headers: { carrier: "by bike" } });
  bus.expectSent(invoice, { order: 1 });
  await bus.replyWith(invoice);
  await bus.expectStatus(handle, "completed");
});

test("a message that the contract does not allow is refused with what is wrong", async () => {
  await using bus = await createTestBus({ sagas: [delivery] });
  const elsewhere = { parameters: { region: "moon" }, headers: { carrier: "by rocket" } } as never;
  await expect(bus.publish(shipped, { order: 1 }, elsewhere)).rejects.toThrow(
    /"region" is "moon"; give it one of "eu"/,
  );
  const nowhere = { headers: { carrier: "by rocket" } } as never;
  await expect(bus.publish(shipped, { order: 1 }, nowhere)).rejects.toThrow(/has no value for "region"/);
  const bare = { parameters: { region: "eu" } } as never;
  await expect(bus.publish(shipped, { order: 1 }, bare)).rejects.toThrow(/carrier/);
});

test("a message is published once under an id", async () => {
  const started = saga("started", {
    version: 1,
    input: OrderSchema,
    startOn: { message: shipped, input: (one) => one },
  });
  await using bus = await createTestBus({ sagas: [started.step("rest", { sleep: "1h" })] });
  const options = { parameters: { region: "us" }, headers: { carrier: "by ship" }, messageId: "shipped-1" } as const;
  await bus.publish(shipped, { order: 1 }, options);
  await bus.publish(shipped, { order: 1 }, options);
  expect((await bus.store.list({ type: "started" })).sagas).toHaveLength(1);
});

const check: Request<Order, OneOf<{ accepted: Order; refused: { reason: string } }>> = {
  ...invoice,
  id: "billing.check",
  channel: { address: "billing.checks" },
  message: { name: "check", payload: OrderSchema },
  reply: {
    success: [
      { name: "CheckAccepted", payload: OrderSchema },
      { name: "CheckRefused", payload: { type: "object", properties: { reason: { type: "string" } } } },
    ],
    names: ["accepted", "refused"],
  },
};

test("one of several replies is given by its name in the contract", async () => {
  const checked = saga("checked", { version: 1, input: OrderSchema }).step("check", {
    call: check,
    with: ({ input }) => input,
  });
  await using bus = await createTestBus({ sagas: [checked] });
  const handle = await bus.start(checked, { order: 1 });
  await expect(bus.replyWith(check, { name: "CheckRefused" } as never)).rejects.toThrow(/it has accepted, refused/);
  await bus.replyWith(check, { name: "refused", payload: { reason: "late" } });
  await bus.expectStatus(handle, "completed");
});

type Tx = RunContext<SqliteDatabase>;
const booking = saga("booking", { version: 1, input: OrderSchema })
  .step("entry", {
    transaction: true,
    run({ input }, { tx, attempt }: Tx) {
      tx.prepare("insert into entries values (?)").run(input.order);
      if (attempt === 1) throw new Error("after the entry");
      return { entered: true };
    },
    retry: { attempts: 2, backoff: "1s" },
  })
  .step("after", { run: () => null });

function openDatabase() {
  const database = openSqlite(":memory:");
  database.exec("create table entries (number integer)");
  return {
    database,
    entries: () =>
      database
        .prepare("select number from entries")
        .all()
        .map((row) => (row as { number: number }).number),
  };
}

test("what a function does in its transaction commits with the saga, or is rolled back", async () => {
  const { database, entries } = openDatabase();
  await using bus = await createTestBus({ sagas: [booking], tx: database });
  const handle = await bus.start(booking, { order: 7 });
  expect(entries()).toEqual([]);
  await bus.advance("2s");
  expect(entries()).toEqual([7]);
  await bus.expectStatus(handle, "completed");
  database.close();
});

test("transactions of several sagas take turns on the one connection", async () => {
  const { database, entries } = openDatabase();
  await using bus = await createTestBus({ sagas: [booking], tx: database });
  for (const order of [1, 2, 3]) await bus.runner.run(booking, { order });
  await bus.advance("3s");
  expect(entries().sort()).toEqual([1, 2, 3]);
  database.close();
});

test("a client in the form of pg's is put into transactions as well", async () => {
  const statements: string[] = [];
  const client = { query: async (sql: string) => void statements.push(sql) };
  const noting = saga("noting", { version: 1, input: OrderSchema }).step("note", {
    transaction: true,
    run: async (_, { tx }: RunContext<typeof client>) => void (await tx.query("insert")),
  });
  await using bus = await createTestBus({ sagas: [noting], tx: client });
  await bus.expectStatus(await bus.start(noting, { order: 1 }), "completed");
  expect(statements).toEqual(["begin", "insert", "commit"]);
});

test("an option that does not exist is refused", async () => {
  await expect(createTestBus({ sagas: [], txn: 1 } as never)).rejects.toThrow(
    /no option 'txn' \(did you mean 'tx'\?\)/,
  );
});
