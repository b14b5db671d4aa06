import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { serve } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { restaurant } from "../../../generated/restaurant/index.js";
import { createDatabase, postgresMissing } from "../../support/postgres.js";
import { findBroker } from "../../support/rabbitmq.js";
import { root } from "../../support/root.js";
import { greeter, type Outcome, project, sagaspec } from "./terminal.js";

const broker = await findBroker();
const noDatabase = await postgresMissing();
if (noDatabase) console.warn(`skipped: ${noDatabase}`);
afterAll(() => broker?.release());

const tsx = join(root, "node_modules/tsx/dist/esm/index.mjs");
const cli = join(root, "generator/src/cli/main.ts");
const command = (...argv: string[]) => ["--conditions=@sagaspec/source", "--import", tsx, cli, ...argv];

/** A project that has installed the runtime and drivers, and has generated nothing. */
async function installed() {
  const folder = await project({
    "package.json": "{}",
    "sagaspec.config.json": JSON.stringify({ documents: [join(root, "specs/restaurant.yaml")] }),
  });
  await symlink(join(root, "node_modules"), join(folder.path, "node_modules"));
  const env = { ...process.env, ...(broker && { AMQP_URL: broker.url }) };
  return {
    folder,
    env,
    run: (...argv: string[]) =>
      new Promise<Outcome>((resolve) => {
        execFile(process.execPath, command(...argv), { cwd: folder.path, env }, (error, out, notes) => {
          resolve({ code: error ? Number(error.code) : 0, out: out.trim(), notes: notes.trim() });
        });
      }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const order = { orderId: 1, consumerId: 70, items: [{ name: "Dish 1", quantity: 2 }] };

describe.skipIf(!broker)("over RabbitMQ", () => {
  const transport = createAmqpTransport({ amqplib, url: broker?.url ?? "amqp://localhost" });
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  afterAll(() => transport.close());

  test("call sends a command that keeps the contract, and shows the answer", async () => {
    await using user = await installed();
    const handlers = {
      createTicket: async () => ({ ticketId: 200 }),
      rejectTicket: async () => {},
      approveTicket: async () => {},
    } as never;
    const server = await serve(restaurant, handlers, transport);
    closers.push(() => server.close());
    const answered = await user.run(
      "call",
      "restaurant.createTicket",
      "--data",
      JSON.stringify(order),
      "--timeout",
      "10s",
    );
    expect(answered).toMatchObject({ code: 0, out: expect.stringContaining('"ticketId": 200') });

    const broken = await user.run("call", "restaurant.createTicket", "--data", '{"orderId":"one"}');
    expect(broken).toMatchObject({ code: 1, out: "", notes: expect.stringMatching(/^\[invalid-message\]/) });
  }, 60_000);

  test("call shows a declared failure, by its name and with its payload", async () => {
    await using user = await installed();
    const handlers = {
      createTicket: async (_: unknown, { fail }: { fail: (name: string, payload: unknown) => Error }) => {
        throw fail("ticketRefused", { reason: "closed" });
      },
      rejectTicket: async () => {},
      approveTicket: async () => {},
    } as never;
    const server = await serve(restaurant, handlers, transport);
    closers.push(() => server.close());
    const argv = ["call", "restaurant.createTicket", "--data", JSON.stringify(order), "--timeout", "10s"];
    const shown = await user.run(...argv);
    expect(shown).toMatchObject({ code: 1, out: "" });
    expect(shown.notes).toMatch(/the answer is the declared failure "ticketRefused"\n\{\n {2}"reason": "closed"\n\}$/);
    const asJson = await user.run(...argv, "--json");
    expect(JSON.parse(asJson.out)).toMatchObject({
      code: "request-failed",
      name: "ticketRefused",
      payload: { reason: "closed" },
    });
  }, 60_000);

  test("call takes the address that the document leaves open", async () => {
    await using user = await installed();
    const address = "greeter.elsewhere";
    await mkdir(join(user.folder.path, "specs"));
    await writeFile(
      join(user.folder.path, "specs/greeter.yaml"),
      greeter.replace("title: Greeter", "title: greeter").replace("address: greeter.commands", "address: null"),
    );
    const argv = ["call", "greeter.greet", "specs/greeter.yaml", "--data", '{"name":"Ada"}', "--timeout", "10s"];
    expect(await user.run(...argv)).toMatchObject({ code: 2, notes: expect.stringContaining("give --address") });
    const connection = await amqplib.connect(broker?.url ?? "");
    closers.push(() => connection.close());
    const channel = await connection.createChannel();
    await channel.assertQueue(address, { exclusive: true, autoDelete: true });
    const calling = user.run(...argv, "--address", address);
    const received = await new Promise<string>((resolve) => {
      void channel.consume(address, (message) => resolve(String(message?.content)), { noAck: true });
    });
    expect(JSON.parse(received)).toEqual({ name: "Ada" });
    expect((await calling).notes).toContain("[timeout]");
  }, 60_000);

  test("listen shows what the service tells, a line for each message", async () => {
    await using user = await installed();
    const { folder, env } = user;
    const argv = command("listen", "restaurant", "--count", "1");
    const child = spawn(process.execPath, argv, { cwd: folder.path, env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = once(child, "exit");
    const lines = createInterface({ input: child.stdout });
    const heard = once(lines, "line");
    await once(createInterface({ input: child.stderr }), "line");
    const parameter = ["--parameter", "restaurantId=7"];
    const told = await user.run(
      "call",
      "restaurant.ticketProgress.ticketReady",
      "-d",
      '{"ticketId":200}',
      ...parameter,
    );
    expect(told).toMatchObject({ code: 0, notes: "sent" });
    const [line] = await heard;
    expect(JSON.parse(String(line))).toMatchObject({
      operation: "restaurant.ticketProgress.ticketReady",
      payload: { ticketId: 200 },
    });
    expect((await ended)[0]).toBe(0);
  }, 60_000);
});

test.skipIf(noDatabase !== undefined)(
  "store migrate makes the tables, once",
  async () => {
    await using user = await installed();
    const database = await createDatabase();
    try {
      const migrate = () => user.run("store", "migrate", "--url", database.url, "--schema", "orders", "--json");
      const first = await migrate();
      expect(JSON.parse(first.out)).toEqual({
        schema: "orders",
        applied: ["001-sagas-and-inbox", "002-lists", "003-outbox"],
      });
      expect(JSON.parse((await migrate()).out)).toEqual({ schema: "orders", applied: [] });
    } finally {
      await database.drop();
    }
  },
  60_000,
);

test("call, listen and store say what is missing", async () => {
  await using folder = await project({
    "package.json": "{}",
    "sagaspec.config.json": JSON.stringify({ documents: [join(root, "specs/restaurant.yaml")] }),
  });
  const at = (...argv: string[]) => sagaspec(folder.path, ...argv);
  expect((await at("call")).notes).toContain("call which operation?");
  expect((await at("call", "restaurant.cook")).notes).toContain("there is no restaurant.cook; there are restaurant.");
  const progress = ["call", "restaurant.ticketProgress.ticketReady", "-d", "{}"];
  expect((await at(...progress)).notes).toContain("needs -p restaurantId=...");
  expect((await at(...progress, "-p", "id=7")).notes).toContain("has no parameter id; its parameters are restaurantId");
  expect((await at("call", "restaurant.createTicket", "--address", "x")).notes).toContain("--address cannot change it");
  expect((await at("call", "bakery.bake")).notes).toContain("no service bakery; the documents are of restaurant");
  const uninstalled = await at("call", "restaurant.createTicket", "--data", "{}");
  expect(uninstalled).toMatchObject({ code: 2, notes: expect.stringContaining("npm install @sagaspec/runtime") });
  expect((await at("listen", "restaurant", "--count", "none")).notes).toContain("--count takes a number");
  expect((await at("store", "migrate")).notes).toContain("set DATABASE_URL");
  expect((await at("store", "burn")).notes).toContain("store takes migrate");
}, 60_000);
