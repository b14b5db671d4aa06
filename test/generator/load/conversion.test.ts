import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createClient, serve } from "@sagaspec/runtime";
import type { Contract } from "@sagaspec/runtime/codegen";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseLossless, stringifyLossless } from "../../../runtime/src/wire/codec.js";
import { complaints } from "../../support/compile.js";
import { temporaryProject } from "../../support/project.js";
import { sagaspec } from "../cli/terminal.js";

const document = `asyncapi: 3.0.0
info: { title: Ledger, version: 1.0.0 }
channels:
  entries: { address: entries, messages: { entry: { payload: { $ref: "#/components/schemas/Entry" } } } }
  answers: { address: null, messages: { booked: { payload: { $ref: "#/components/schemas/Entry" } } } }
operations:
  book: { action: receive, channel: { $ref: "#/channels/entries" }, reply: { channel: { $ref: "#/channels/answers" } } }
components:
  schemas:
    Entry:
      type: object
      required: [amount, at]
      properties:
        amount: { type: integer, format: int64 }
        at: { type: string, format: date-time }
        due: { oneOf: [{ type: string, format: date-time }, { type: "null" }] }
        note: { type: string }
        parts: { type: array, items: { $ref: "#/components/schemas/Entry" } }
        byDay: { type: object, additionalProperties: { type: string, format: date-time } }
`;

interface Entry {
  readonly amount: bigint;
  readonly at: Date;
  readonly due?: Date | null;
  readonly note?: string;
  readonly parts?: readonly Entry[];
  readonly byDay?: { readonly [day: string]: Date };
}

interface Client {
  book(entry: Entry): Promise<Entry>;
}

interface Handlers {
  book(entry: Entry): Entry;
}

const project = temporaryProject();
const index = join(project.path, "generated/ledger/index.ts");
afterAll(() => project[Symbol.dispose]());

beforeAll(async () => {
  mkdirSync(join(project.path, "specs"));
  writeFileSync(join(project.path, "specs/ledger.yaml"), document);
  const config = { documents: ["specs/*.yaml"], handlers: false, dateTime: "Date", int64: "bigint" };
  writeFileSync(join(project.path, "sagaspec.config.json"), JSON.stringify(config));
  const { code, notes } = await sagaspec(project.path, "generate");
  if (code !== 0) throw new Error(notes);
});

describe('a contract generated with dateTime: "Date" and int64: "bigint"', () => {
  const at = new Date("2031-02-03T04:05:06.789Z");
  const huge = 9_007_199_254_740_993n;
  const entry: Entry = {
    amount: huge,
    at,
    due: null,
    note: "2031-02-03T04:05:06Z",
    parts: [{ amount: 1n, at, due: at }],
    byDay: { monday: at },
  };

  test("compiles", () => {
    expect(complaints([index], "nodenext")).toEqual([]);
  });

  test("gives handlers and callers dates and big integers, and puts JSON on the wire", async () => {
    const { ledger } = (await import(index)) as { ledger: Contract<Client, Handlers> };
    const transport = createMemoryTransport();
    const bodies: string[] = [];
    const seen: Entry[] = [];
    const send = transport.send.bind(transport);
    transport.send = (batch) => {
      bodies.push(...batch.map(({ body }) => Buffer.from(body).toString("utf8")));
      return send(batch);
    };
    const handlers: Handlers = {
      book(received) {
        seen.push(received);
        return { ...received, amount: received.amount + 1n };
      },
    };
    const server = await serve(ledger, handlers, transport);
    const answer = await createClient(ledger, transport).book(entry);
    await pause(0);
    expect(seen).toEqual([entry]);
    expect(answer).toEqual({ ...entry, amount: huge + 1n });
    expect(bodies[0]).toContain('"amount":9007199254740993,"at":"2031-02-03T04:05:06.789Z"');
    await server.close();
    await transport.close();
  });

  test("still refuses what the schema refuses", async () => {
    const { ledger } = (await import(index)) as { ledger: Contract<Client, Handlers> };
    const transport = createMemoryTransport();
    const wrong = { ...entry, amount: "1" as unknown as bigint };
    await expect(createClient(ledger, transport).book(wrong)).rejects.toThrow(/invalid-message.*\/amount/);
    await transport.close();
  });
});

test("lossless JSON keeps every integer, and leaves strings and fractions alone", () => {
  const text =
    '{"a":[12345678901234567890,-9007199254740993,1.2345678901234567,1e30],"b":"12345678901234567890 \\" 1"}';
  const value = parseLossless(text);
  expect(value).toEqual({
    a: [12345678901234567890n, -9007199254740993n, 1.2345678901234567, 1e30],
    b: '12345678901234567890 " 1',
  });
  expect(parseLossless(stringifyLossless(value) ?? "")).toEqual(value);
});
