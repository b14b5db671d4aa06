import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase, postgresMissing, type TestDatabase } from "../../support/postgres.js";
import { inboxConformance } from "./inbox.js";

const missing = await postgresMissing();
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing !== undefined)("PostgreSQL", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  const open = (schema: string) => createPostgresStore({ pool: database.pool(6), schema, migrate: true });
  const reply = { name: "restaurant.createTicket/ticketCreated", payload: { ticketId: 1 } };
  const command = (messageId: string = randomUUID()) => ({
    messageId,
    operation: "restaurant.createTicket",
    key: messageId,
    fingerprint: "f",
  });

  inboxConformance("PostgreSQL", async () => {
    const store = open(`inbox_${randomUUID().slice(0, 8)}`);
    return {
      inbox: store.inbox,
      pass: async (ms) => {
        await sleep(ms);
      },
      cleanUp: () => store.close(),
    };
  });

  it("admits one of many processes that race for a command", async () => {
    const inboxes = Array.from({ length: 4 }, () => open("race").inbox);
    const commands = Array.from({ length: 40 }, () => command());
    const verdicts = await Promise.all(inboxes.map((inbox) => inbox.claim(commands, 60_000)));
    for (const index of commands.keys()) {
      const states = verdicts.map((one) => one[index]?.state).sort();
      expect(states).toEqual(["claimed", "executing", "executing", "executing"]);
    }
  });

  it("lets either the command or its undo through when they race, never both", async () => {
    const [mine, theirs] = [open("race").inbox, open("race").inbox];
    for (let round = 0; round < 40; round++) {
      const one = command();
      const undo = { ...command(), operation: "restaurant.rejectTicket", undoes: one.messageId };
      const [[first], [second]] = await Promise.all([mine.claim([one], 60_000), theirs.claim([undo], 60_000)]);
      const states = [first?.state, second?.state];
      expect([
        ["claimed", "executing"],
        ["undone", "claimed"],
      ]).toContainEqual(states);
    }
  });

  it("finishes inside the participant's own transaction, and falls back with it", async () => {
    const { inbox } = open("own_transaction");
    const one = command();
    const [claimed] = await inbox.claim([one], 60_000);
    const token = claimed?.state === "claimed" ? claimed.token : "";
    const client = await database.pool(1).connect();
    await client.query("begin");
    expect(await inbox.finish([{ token, reply }], client)).toEqual(["done"]);
    await client.query("rollback");
    expect(await inbox.claim([one], 60_000)).toMatchObject([{ state: "executing" }]);
    await client.query("begin");
    await inbox.finish([{ token, reply }], client);
    await client.query("commit");
    client.release();
    expect(await inbox.claim([one], 60_000)).toEqual([{ state: "done", reply }]);
    await expect(inbox.finish([{ token, reply }], 1)).rejects.toMatchObject({ code: "invalid-usage" });
  });

  it("forgets what is older than its retention, and nothing that is being executed", async () => {
    const { inbox } = open("old");
    const [done, executing] = [command(), command()];
    const [claimed] = await inbox.claim([done, executing], 60_000);
    const token = claimed?.state === "claimed" ? claimed.token : "";
    await inbox.finish([{ token, reply }]);
    expect(await inbox.purge(Date.now() - 60_000, 10)).toBe(0);
    expect(await inbox.purge(Date.now() + 1_000, 10)).toBe(1);
    expect(await inbox.claim([done, executing], 60_000)).toMatchObject([{ state: "claimed" }, { state: "executing" }]);
  });

  it("refuses what it cannot store, and that alone", async () => {
    const { inbox } = open("refusals");
    const undo = (undoes: string) => ({ ...command(), operation: "restaurant.rejectTicket", undoes });
    const [one, two] = [command(), command()];
    const batch = [
      one,
      command("nul \u0000 in its id"),
      undo(randomUUID()),
      { ...command(), key: "nul \u0000 in its key" },
      undo("nul \u0000 in what it undoes"),
      { ...command(), key: randomBytes(6_000).toString("base64") },
      two,
    ];
    const verdicts = await inbox.claim(batch, 60_000);
    const refused = { state: "refused", reason: expect.stringContaining("cannot be stored") };
    const claimed = { state: "claimed" };
    expect(verdicts).toMatchObject([claimed, refused, claimed, refused, refused, refused, claimed]);
    const tokens = verdicts.flatMap((verdict) => (verdict.state === "claimed" ? [verdict.token] : []));
    expect(await inbox.finish(tokens.map((token) => ({ token, reply })))).toEqual(["done", "done", "done"]);
    expect(await inbox.claim([one, two], 60_000)).toEqual([
      { state: "done", reply },
      { state: "done", reply },
    ]);
  });

  it("says done again when the answer to the first try was lost", async () => {
    const { inbox } = open("own_transaction");
    const [claimed] = await inbox.claim([command()], 60_000);
    const token = claimed?.state === "claimed" ? claimed.token : "";
    expect(await inbox.finish([{ token, reply }])).toEqual(["done"]);
    expect(await inbox.finish([{ token, reply }])).toEqual(["done"]);
  });
});
