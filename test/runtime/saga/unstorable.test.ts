// Messages that a database cannot store (PostgreSQL knows no NUL in a text, and no index entry of any length) keep no
// other message, and no saga, from what is theirs.
import { randomBytes, randomUUID } from "node:crypto";
import { createSagaRunner, type SagaRunner, type SagaStore, saga } from "@sagaspec/runtime";
import type { Client, Contract, Handlers, Message, Request, Schema, Send } from "@sagaspec/runtime/codegen";
import { createMemorySagaStore, createMemoryTransport, type MemoryTransport } from "@sagaspec/runtime/memory";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDatabase, createPglitePool, postgresMissing } from "../../support/postgres.js";
import { until } from "../conformance/transport.js";

interface Note {
  readonly name: string;
}
const NoteSchema: Schema<Note> = {
  type: "object",
  required: ["name"],
  properties: { name: { type: "string" } },
};
const note = (name: string): Message<Note> => ({
  name,
  payload: NoteSchema,
  correlationId: "$message.payload#/name",
});

interface Desk extends Contract<Client<Desk>, Handlers<Desk>> {
  readonly file: Request<Note, Note>;
  readonly filed: Send<Note>;
}
const desk: Desk = {
  $contract: { service: "desk", version: "1.0.0" },
  file: {
    kind: "request",
    id: "desk.file",
    action: "receive",
    channel: { address: "desk.file" },
    message: note("file"),
    reply: { success: [note("fileDone")], address: "$message.header#/answerTo" },
    timeoutMs: 60_000,
  },
  filed: {
    kind: "send",
    id: "desk.filed",
    action: "send",
    channel: { address: "desk.filed" },
    message: { name: "filed", payload: NoteSchema },
  },
};

const begin = (name: string) => saga(name, { version: 1, input: NoteSchema });
/** Waits for the answer by the name, then for the event of the same name. */
const filing = begin("filing")
  .step("file", { call: desk.file, with: ({ input }) => input })
  .step("filed", {
    wait: desk.filed,
    key: ({ input }) => input.name,
    match: (event) => event.name,
    deadline: "1h",
  });
const started = saga("started", {
  version: 1,
  input: NoteSchema,
  startOn: { message: desk.filed, input: (event) => event, key: ({ name }) => name },
}).step("pause", { sleep: "1h" });

const nul = "a\u0000b";
/** More than an index of PostgreSQL takes, however it packs it. */
const endless = randomBytes(6_000).toString("base64");

const missing = await postgresMissing();
const postgres = async (): Promise<{ store: SagaStore; close(): Promise<void> }> => {
  const database = await createDatabase();
  const store = createPostgresStore({ pool: database.pool(), migrate: true });
  return { store, close: () => database.drop() };
};
const pglite = async () => {
  const { pool, close } = await createPglitePool();
  return { store: createPostgresStore({ pool, migrate: true }), close };
};

describe.each([
  ["memory", undefined, false, async () => ({ store: createMemorySagaStore(), close: async () => {} })],
  ["SQLite", undefined, false, async () => ({ store: createSqliteStore({ path: ":memory:" }), close: async () => {} })],
  ["PostgreSQL (PGlite)", undefined, true, pglite],
  ["PostgreSQL", missing, true, postgres],
])("with %s", (_, isMissing, refuses, open) => {
  const closing: (() => Promise<unknown>)[] = [];
  let transport: MemoryTransport;
  let store: SagaStore;
  /** Where the service was asked to answer. */
  let replyTo: string | undefined;

  beforeEach(async (context) => {
    if (isMissing) return context.skip(isMissing);
    const opened = await open();
    store = opened.store;
    transport = createMemoryTransport();
    replyTo = undefined;
    closing.push(
      () => transport.close(),
      () => store.close(),
      opened.close,
    );
    const source = { address: "desk.file", service: "desk", action: "receive", group: "d", durable: true } as const;
    await transport.subscribe(source, { prefetch: 10 }, (batch) => {
      for (const { body, headers, settle: _, ...incoming } of batch) {
        replyTo = String(headers.answerTo);
        void answer({ id: `${incoming.id}-reply`, body });
      }
      for (const incoming of batch) incoming.settle("ack");
    });
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function run(...sagas: Parameters<typeof createSagaRunner>[0]["sagas"]) {
    const runner = createSagaRunner({ service: "office", sagas, store, transport, settleTime: 0, onProblem() {} });
    await runner.start();
    closing.unshift(() => runner.close({ timeout: "1s" }));
    return runner;
  }
  /** Runs one of them from its start to its end. */
  async function filed(sagas: SagaRunner, name: string) {
    const handle = await sagas.run(filing, { name });
    await transport.send([event(name)]);
    expect((await handle.result({ timeout: "5s" })).status).toBe("completed");
  }
  const bodyOf = (name: string) => Buffer.from(JSON.stringify({ name }));
  const common = () => ({ contentType: "application/json", headers: {}, sentAt: Date.now() });
  const answer = (reply: { id: string; body: Uint8Array; correlationId?: string }) =>
    transport.send([{ ...common(), type: "fileDone", ...reply, to: { reply: replyTo as string } }]);
  const event = (name: string, id: string = randomUUID()) =>
    ({
      ...common(),
      id,
      type: "filed",
      body: bodyOf(name),
      to: { address: "desk.filed", service: "desk", action: "send" },
    }) as const;

  it("a reply is nobody's, and dead, when no saga can have its correlation id", async () => {
    const sagas = await run(filing);
    await filed(sagas, "first");
    // By the id of a saga, and by a key: more of each than a worker has lanes.
    for (let index = 0; index < 4; index += 1) {
      await answer({ id: `id-${index}`, body: bodyOf("x"), correlationId: `${nul}${index}/file/do/1#1` });
      await answer({ id: `key-${index}`, body: bodyOf(`${nul}${index}`) });
    }
    await filed(sagas, "second");
    await until(() => transport.deadLetters().length === 8, "eight dead letters");
    expect(new Set(transport.deadLetters().map(({ reason }) => reason))).toEqual(new Set(["unknown-saga"]));
  });

  it("an event that it refuses is dead, and what came with it is stored", async () => {
    const sagas = await run(filing);
    const [one, two] = await Promise.all(["one", "two"].map((name) => sagas.run(filing, { name })));
    await transport.send([
      event(nul),
      event("one"),
      event(endless),
      event("two", nul),
      event("two", "fine"),
      event(`${nul}2`),
    ]);
    expect((await one?.result())?.status).toBe("completed");
    expect((await two?.result())?.status).toBe("completed");
    const dead = transport.deadLetters().map(({ reason }) => reason);
    expect(dead).toHaveLength(refuses ? 4 : 0);
    for (const reason of dead) expect(reason).toMatch(/cannot be stored/);
  });

  it("an event whose key it refuses starts nothing, and is dead", async () => {
    await run(started);
    await transport.send([event(nul), event(endless), event("good")]);
    await until(() => transport.deadLetters().length === (refuses ? 2 : 0), "dead letters");
    for (const { reason } of transport.deadLetters()) expect(reason).toMatch(/cannot be stored/);
    const found = () => store.load([{ type: "started", businessKey: "good" }]);
    await expect.poll(async () => (await found()).flat().length).toBe(1);
  });

  it("a reply that cannot be kept for another worker is dead, and what came with it is kept", async () => {
    const sagas = await run(filing);
    const { id } = await sagas.run(filing, { name: "first" });
    await expect.poll(async () => (await store.load([{ id }])).flat()[0]?.cursor).toEqual(["filed"]);
    await sagas.close();
    await run(saga("filing", { version: 2, input: NoteSchema }).step("pause", { sleep: "1h" }));
    const correlationId = `${id}/file/do/1#1`;
    await Promise.all([nul, "fine"].map((own) => answer({ id: own, body: bodyOf("first"), correlationId })));
    await until(() => transport.deadLetters().length === (refuses ? 1 : 0), "a dead letter");
    const kept = async () => {
      const { unsent } = await store.pending([{ type: "filing", version: 1, hash: filing.hash }], 10, 0);
      return unsent.filter(({ effect }) => effect.type === "reply").length;
    };
    await expect.poll(kept).toBe(refuses ? 1 : 2);
  });
});
