// A saga whose stored text cannot be read, as where a key of the codec is missing, keeps nobody from the others.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Inbox, SagaStore } from "@sagaspec/runtime";
import type { SagaAdmin } from "@sagaspec/runtime/admin";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { createSqliteStore, type StoreCodec } from "@sagaspec/runtime/sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { checkSagas } from "../../../runtime/src/admin/check.js";
import { createPglitePool } from "../../support/postgres.js";
import { createOrder, order } from "../../support/saga/create-order.js";
import { createWorld, settled } from "../../support/saga/world.js";

type Store = SagaStore & SagaAdmin & { readonly inbox: Inbox };

/** Writes with the first of its keys, and reads with all of them. */
const codecOf = (...keys: string[]): StoreCodec => ({
  encode: (text) => `${keys[0]}:${Buffer.from(text).toString("base64")}`,
  decode(stored) {
    const [key = "", text = ""] = stored.split(":");
    if (!keys.includes(key)) throw new Error(`no key ${key}`);
    return Buffer.from(text, "base64").toString();
  },
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Opens one database again and again, with another codec each time. */
const sqlite = async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagaspec-unreadable-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  return (codec: StoreCodec): Store => createSqliteStore({ path: join(folder, "sagas.db"), codec });
};
const pglite = async () => {
  const { pool, close } = await createPglitePool();
  closing.push(close);
  return (codec: StoreCodec): Store => createPostgresStore({ pool, migrate: true, codec });
};

describe.each([
  ["SQLite", sqlite],
  ["PostgreSQL (PGlite)", pglite],
])("in %s", (_, database) => {
  it("a saga without its key waits, and says so; the others go on; with the key it does", async () => {
    const open = await database();
    const old = open(codecOf("old"));
    const it = await createWorld({ runner: { store: old }, answers: { createTicket: { silence: true } } });
    closing.unshift(() => it.close());
    const { id } = await it.sagas.run(createOrder, order, { key: "one" });
    await settled(it, () => it.restaurant.commands.length === 1);
    await it.sagas.close();
    await old.close();

    const rotated = open(codecOf("new"));
    delete it.answers.createTicket;
    const forgetful = await it.addRunner({ store: rotated });
    const other = await forgetful.run(createOrder, order, { key: "two" });
    const [command] = it.restaurant.commands;
    if (command) await it.restaurant.answer(command.message, "ticketCreated", { ticketId: 200 });
    await settled(it, async () => (await other.status()).status === "completed");
    await settled(it, () => it.problems.length > 0);
    // Once in a while, and no more often where something of it is long due.
    const before = it.problems.length;
    await it.clock.advance(20_000);
    expect(it.problems.length - before).toBeLessThan(25);
    expect(new Set(it.problems.map(String))).toEqual(
      new Set([
        `SagaspecError: [store-unavailable] saga create-order ${id}: its state cannot be read (no key old); ` +
          "give the store the codec that wrote it, or repair the row",
      ]),
    );
    expect(it.transport.deadLetters()).toEqual([]);
    const { sagas } = await rotated.list({ type: createOrder.type });
    expect(sagas).toMatchObject([{ key: "two" }, { key: "one", state: null, unreadable: "no key old" }]);
    expect((await checkSagas(rotated, [createOrder]))[0]).toMatchObject({ code: "unreadable", sagaIds: [id] });
    await expect(rotated.history(id)).rejects.toThrow("its history cannot be read (no key old)");
    expect(await forgetful.handle(id).status()).toMatchObject({ status: "running" });
    await forgetful.close();
    await rotated.close();

    const both = open(codecOf("new", "old"));
    closing.push(() => both.close());
    const whole = await it.addRunner({ store: both });
    await settled(it, async () => (await whole.handle(id).status()).status === "completed");
    // The answer that came meanwhile was kept: nobody was asked again.
    expect(it.restaurant.commands.filter(({ name }) => name === "createTicket")).toHaveLength(2);
    expect((await both.list({ type: createOrder.type })).sagas).toMatchObject([
      { status: "completed" },
      { status: "completed" },
    ]);
  });

  it("a command whose recorded answer has no key is refused, and no other", async () => {
    const open = await database();
    const command = (messageId: string) => ({ messageId, operation: "o", key: messageId, fingerprint: "f" });
    const reply = { name: "o/done", payload: null };
    const old = open(codecOf("old"));
    const [first] = await old.inbox.claim([command("one")], 60_000);
    const token = first?.state === "claimed" ? first.token : "";
    await old.inbox.finish([{ token, reply }]);
    await old.close();

    const rotated = open(codecOf("new"));
    closing.unshift(() => rotated.close());
    const reason = "its recorded answer cannot be read: no key old";
    expect(await rotated.inbox.claim([command("one"), command("two")], 60_000)).toMatchObject([
      { state: "refused", reason },
      { state: "claimed" },
    ]);
    expect(await rotated.inbox.unsent(["o"], 0, 10)).toEqual([]);
  });
});
