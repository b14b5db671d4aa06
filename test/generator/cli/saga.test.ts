import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../support/root.js";
import { project, sagaspec } from "./terminal.js";

/** A project whose sagas live in an SQLite file: the first is completed, the second waits, the third needs attention. */
function projectOfSagas() {
  const source = (path: string): string => JSON.stringify(join(root, path));
  return project({
    "sagaspec.config.json": JSON.stringify({ documents: [], sagas: "sagas.ts" }),
    "with-documents.json": JSON.stringify({ documents: [join(root, "specs/restaurant.yaml")], sagas: "sagas.ts" }),
    "sagas.ts": `
      import { createSagaAdmin } from ${source("runtime/src/admin/index.ts")};
      import { createMemoryTransport } from ${source("runtime/src/memory.ts")};
      import { createSqliteStore } from ${source("runtime/src/stores/sqlite/index.ts")};
      import { createSagaRunner } from ${source("runtime/src/index.ts")};
      import { createOrder } from ${source("test/support/saga/create-order.ts")};
      import { participant } from ${source("test/support/saga/participants.ts")};

      const path = new URL("./sagas.db", import.meta.url).pathname;

      export async function prepare() {
        const store = createSqliteStore({ path });
        const transport = createMemoryTransport();
        let approved = 0;
        await participant(transport, "consumer", (_, { consumerId }) => (consumerId === 2 ? { silence: true } : { ok: null }));
        await participant(transport, "restaurant", (name) =>
          name === "approveTicket" && approved++ > 0 ? { refuse: "no" } : { ok: name === "createTicket" ? { ticketId: 1 } : null },
        );
        await participant(transport, "accounting", () => ({ ok: { transactionId: 1 } }));
        const runner = createSagaRunner({ service: "order", sagas: [createOrder], store, transport, settleTime: 0 });
        await runner.start();
        const order = (orderId) => ({ orderId, consumerId: orderId, price: 1 });
        const ids = [];
        for (const orderId of [1, 2, 3]) {
          const saga = await runner.run(createOrder, order(orderId), { key: String(orderId) });
          if (orderId !== 2) await saga.result();
          ids.push(saga.id);
        }
        await runner.close();
        await transport.close();
        await store.close();
        return ids;
      }

      export default () => createSagaAdmin({ store: createSqliteStore({ path }), sagas: [createOrder] });
    `,
  });
}

async function prepared() {
  const folder = await projectOfSagas();
  const module = (await import(join(folder.path, "sagas.ts"))) as { prepare(): Promise<string[]> };
  const [completed = "", waiting = "", stopped = ""] = await module.prepare();
  const saga = (...argv: string[]) => sagaspec(folder.path, "saga", ...argv);
  return { saga, completed, waiting, stopped, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const reason = ["--by", "ada", "--why", "a test"];

describe("sagaspec saga", () => {
  test("lists sagas as a table and as JSON", async () => {
    await using world = await prepared();
    const { saga, completed, waiting, stopped } = world;
    const all = await saga("list");
    expect(all).toMatchObject({ code: 0, notes: "" });
    expect(all.out.split("\n").map((line) => line.split(/\s{2,}/).slice(0, 5))).toEqual([
      ["saga", "type", "key", "status", "open steps"],
      [stopped, "create-order v1", "3", "needs-attention", expect.any(String)],
      [waiting, "create-order v1", "2", "running", "consumer"],
      [completed, "create-order v1", "1", "completed", expect.any(String)],
    ]);
    const some = await saga("list", "--status", "running", "--json");
    expect(JSON.parse(some.out)).toMatchObject({ sagas: [{ id: waiting, openSteps: ["consumer"] }] });
    const page = await saga("list", "--limit", "1");
    const [, after = ""] = /^There are more: --after (\S+)$/.exec(page.notes) ?? [];
    expect(page.out).toContain(stopped);
    expect((await saga("list", "--limit", "1", "--after", after)).out).toContain(waiting);
    expect((await saga("list", "--type", "another")).out).toBe("no saga matches");
  });

  test("shows a saga as a timeline, by its id or its key", async () => {
    await using world = await prepared();
    const { saga, stopped } = world;
    const shown = await saga("show", "create-order/3");
    expect(shown.code).toBe(0);
    const [head, about, why] = shown.out.split("\n");
    expect(head).toBe("create-order v1 3  needs-attention");
    expect(about).toMatch(new RegExp(`^${stopped}, line \\d+, started `));
    expect(why).toMatch(/^approval: /);
    expect(shown.out).toMatch(/\+ ticket +succeeded {2}restaurant\.createTicket/);
    expect(shown.out).toMatch(/! approval +unknown {2}restaurant\.approveTicket/);
    expect(JSON.parse((await saga("show", stopped, "--json")).out)).toMatchObject({ id: stopped, key: "3" });
    const none = await saga("show", "create-order/99");
    expect(none).toMatchObject({ code: 1, notes: expect.stringContaining("no saga create-order with the key 99") });
    const nope = await saga("show", "nope");
    expect(nope).toMatchObject({ code: 1, notes: expect.stringMatching(/^\[unknown-saga\] saga nope: .*$/) });
  });

  test("shows what was sent and answered, and every line of the history", async () => {
    await using world = await prepared();
    const { saga, completed } = world;
    const shown = await saga("show", completed);
    expect(shown.out).toMatch(/^input \{"orderId":1,"consumerId":1,"price":1\}$/m);
    expect(shown.out).toMatch(/ ticket +succeeded .*\n +sent \{"orderId":1,.*\}\n +reply \{"ticketId":1\}\n/);
    const history = await saga("history", "create-order/1");
    expect(history.out).toMatch(/^ *1 +\+0 ms {2}started {2}.*\n/);
    expect(history.out).toMatch(/ step-succeeded {2}ticket.*"ticketId":1/);
    const { history: lines } = JSON.parse((await saga("history", completed, "--json")).out) as { history: unknown[] };
    expect(lines).toHaveLength(history.out.split("\n").length);
  });

  test("prints integers that no number holds", async () => {
    const source = (path: string): string => JSON.stringify(join(root, path));
    await using folder = await project({
      "sagaspec.config.json": JSON.stringify({ documents: [], sagas: "sagas.ts" }),
      "sagas.ts": `
        import { createSagaAdmin } from ${source("runtime/src/admin/index.ts")};
        import { createMemoryTransport, createMemoryStore } from ${source("runtime/src/memory.ts")};
        import { createSagaRunner, saga } from ${source("runtime/src/index.ts")};
        export default async () => {
          const count = saga("count", { version: 1, input: { type: "object" } }).step("large", { run: () => ({ large: 9007199254740993n }) });
          const store = createMemoryStore();
          const transport = createMemoryTransport();
          const runner = createSagaRunner({ service: "counter", sagas: [count], store, transport });
          await runner.start();
          await (await runner.run(count, {}, { key: "1" })).result();
          await runner.close();
          return createSagaAdmin({ store, sagas: [count] });
        };
      `,
    });
    for (const argv of [
      ["show", "count/1"],
      ["history", "count/1"],
    ]) {
      const { out } = await sagaspec(folder.path, "saga", ...argv);
      expect(out).toContain('"large":9007199254740993');
      expect((await sagaspec(folder.path, "saga", ...argv, "--json")).out).toContain('"large": 9007199254740993\n');
    }
  });

  test("acts on a saga: 0 when it was done, 1 with the reason when it was refused", async () => {
    await using world = await prepared();
    const { saga, completed, stopped } = world;
    expect(await saga("cancel", stopped, ...reason)).toEqual({
      code: 1,
      out: "",
      notes: "cancel was refused: step 'payment', the pivot, has been passed",
    });
    expect(await saga("skip", stopped, "--step", "approval", "--data", '{"by":"telephone"}', ...reason)).toEqual({
      code: 0,
      out: `${stopped} running`,
      notes: "",
    });
    const shown = await saga("show", stopped);
    expect(shown.out).toMatch(/cancel by ada: a test {2}refused: step 'payment'/);
    expect(shown.out).toMatch(/skip approval by ada: a test/);
    expect(JSON.parse((await saga("pause", completed, ...reason, "--json")).out)).toMatchObject({
      status: "completed",
      refused: "the saga is completed already",
    });
  });

  test("patches only what was seen", async () => {
    await using world = await prepared();
    const { saga, waiting } = world;
    const { seq } = JSON.parse((await saga("show", waiting, "--json")).out) as { seq: number };
    const data = ["--data", '{"input":{"orderId":2,"consumerId":3,"price":1}}'];
    expect((await saga("patch", waiting, ...data, ...reason)).notes).toContain("patch needs --data");
    expect((await saga("patch", waiting, ...data, "--seq", String(seq + 1), ...reason)).code).toBe(1);
    const broken = await saga("patch", waiting, "--data", '{"input":{}}', "--seq", String(seq + 2), ...reason);
    expect(broken).toMatchObject({ code: 1, notes: expect.stringMatching(/^\[invalid-message\] /) });
    expect(broken.notes).not.toContain("--debug");
    expect((await saga("patch", waiting, ...data, "--seq", String(seq + 1), ...reason)).code).toBe(0);
    expect(JSON.parse((await saga("show", waiting, "--json")).out)).toMatchObject({ input: { consumerId: 3 } });
  });

  test("acts on all that a filter finds", async () => {
    await using world = await prepared();
    const { saga } = world;
    const paused = await saga("pause", "--all", "--status", "running", ...reason);
    expect(paused).toEqual({ code: 0, out: "pause: 1 done, 0 refused", notes: "" });
    const cancelled = await saga("cancel", "--all", "--without-compensation", ...reason, "--json");
    expect(cancelled.code).toBe(1);
    expect(JSON.parse(cancelled.out)).toMatchObject({ applied: 1, refused: [{}, {}] });
  });

  test("starts, checks and purges", async () => {
    await using world = await prepared();
    const { saga, completed } = world;
    const input = '{"orderId":4,"consumerId":4,"price":1}';
    const started = await saga("start", "create-order", "--data", input, "--key", "4");
    expect(started).toMatchObject({ code: 0, out: expect.stringMatching(/^\S+ running$/) });
    const again = await saga("start", "create-order", "--data", input, "--key", "4");
    expect(again.out).toBe(started.out);
    expect((await saga("start", "create-order", "--data", "{}")).notes).toContain("[invalid-message]");

    const checked = await saga("check");
    expect(checked).toMatchObject({ code: 0, out: expect.stringContaining("no-compensation create-order v1, step") });

    const config = ["--config", "with-documents.json"];
    const compared = await saga("check", ...config);
    expect(compared.code).toBe(1);
    expect(compared.out).toContain("unknown-operation create-order v1, step consumer: no document has consumer.verify");
    expect(compared.out).not.toContain("restaurant.createTicket");

    expect((await saga("purge", "--finished-for", "1d")).out).toBe("purged 0");
    expect((await saga("purge", "--finished-for", "0d")).out).toBe("purged 1");
    expect((await saga("show", completed)).notes).toContain("[unknown-saga]");
  });

  test("says what is missing on the command line, and in the configuration", async () => {
    await using empty = await project({ "sagaspec.config.json": '{"documents":[]}', "package.json": "{}" });
    const saga = (...argv: string[]) => sagaspec(empty.path, "saga", ...argv);
    expect(await saga("list")).toMatchObject({ code: 2, notes: expect.stringContaining("says nothing of 'sagas'") });
    expect((await saga("cancel", "x")).notes).toContain("cancel needs a reason");
    expect((await saga("skip", "x", "--why", "y")).notes).toContain("skip needs a step");
    expect((await saga("explode")).notes).toContain("saga takes one of list, show");
    expect((await saga("list", "--status", "done")).notes).toContain("--status takes running");
  });
});
