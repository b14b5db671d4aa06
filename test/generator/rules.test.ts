import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ambiguousMessages } from "../../generated/features/ambiguous-messages/index.js";
import { bindings } from "../../generated/features/bindings/index.js";
import { compensation } from "../../generated/features/compensation/index.js";
import { correlation } from "../../generated/features/correlation/index.js";
import { extensions } from "../../generated/features/extensions/index.js";
import { failures } from "../../generated/features/failures/index.js";
import { operationsV2, operationsV2Events } from "../../generated/features/operations-v2/index.js";
import { operationsV3, operationsV3Events } from "../../generated/features/operations-v3/index.js";
import { parameters } from "../../generated/features/parameters/index.js";
import { payloads } from "../../generated/features/payloads/index.js";
import { replyV2 } from "../../generated/features/reply-v2/index.js";
import { replyV3 } from "../../generated/features/reply-v3/index.js";
import { createClient, isFailure, serve, subscribe } from "../../runtime/src/index.js";
import { createMemoryTransport } from "../../runtime/src/memory/index.js";
import { validatorFor } from "../../runtime/src/schema/schema.js";
import type { Outgoing } from "../../runtime/src/transport.js";
import { operationsOf } from "../../runtime/src/wire/operations.js";
import { sagaspec } from "../cli/terminal.js";
import { root } from "./contract/read.js";
import { blemishes, complaints } from "./output/compile.js";

const specs = join(root, "specs/features");
const generated = join(root, "generated/features");
const sources = readdirSync(generated, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => join(generated, path));
const text = (path: string): string => readFileSync(join(generated, path), "utf8");

/** A memory transport, and everything that goes over it. */
function tapped(): { transport: ReturnType<typeof createMemoryTransport>; sent: Outgoing[] } {
  const transport = createMemoryTransport();
  const sent: Outgoing[] = [];
  const send = transport.send.bind(transport);
  transport.send = (batch) => {
    sent.push(...batch);
    return send(batch);
  };
  return { transport, sent };
}

const bodyOf = ({ body }: Outgoing): unknown => JSON.parse(Buffer.from(body).toString("utf8"));

describe("each rule of the mapping", { timeout: 60_000 }, () => {
  test("every feature's checked-in output is what its document gives", async () => {
    const { code, out } = await sagaspec(specs, "generate", "--check");
    expect([code, out]).toEqual([0, "up to date"]);
  });

  test("1 schemas: literals typed by their message, with no value imported, that compile isolated", () => {
    expect(complaints(sources, "nodenext")).toEqual([]);
    const schemas = sources.filter((path) => path.endsWith("schemas.ts"));
    const values = schemas.flatMap((path) => readFileSync(path, "utf8").match(/^import (?!type)[^;]*;/gm) ?? []);
    expect(values.filter((line) => !line.includes("../shared/"))).toEqual([]);
    expect(text("correlation/schemas.ts")).toContain("export const WeighSchema: Schema<messages.Weigh> = {");
  });

  test("2 interfaces: const, enum and null are printed as the document has them", () => {
    expect(text("schema-values/messages.ts")).toContain('export type Color = "red" | "green" | "blue";');
    expect(sources.flatMap(blemishes)).toEqual([]);
  });

  test("3 two contracts: what a service receives, and what it sends", () => {
    const actions = (contract: typeof operationsV3 | typeof operationsV3Events) => [
      ...new Set(operationsOf(contract).map(({ operation }) => operation.action)),
    ];
    expect(actions(operationsV3)).toEqual(["receive"]);
    expect(actions(operationsV3Events)).toEqual(["send"]);
  });

  test("4 several messages: one member for each, and an empty payload is void", async () => {
    const { transport } = tapped();
    const broken: unknown[] = [];
    const handlers = { measureLight: { lampBroken: (payload: unknown) => void broken.push(payload) } };
    const server = await subscribe(operationsV3, handlers, transport, { group: "g" });
    expect(Object.keys(operationsV3.measureLight)).toEqual(["lightMeasured", "lampBroken"]);
    expect(text("payloads/contract.ts")).toContain("Message<void>");
    expect(operationsOf(payloads).length).toBeGreaterThan(3);
    await server.close();
    await transport.close();
  });

  test("5 which message: validation lists what can be told neither by name nor by schema", async () => {
    const { out } = await sagaspec(specs, "validate", "ambiguous-messages.yaml");
    expect(out).toContain("cannot tell 'moved' from 'renamed'");
    expect(operationsOf(ambiguousMessages).length).toBeGreaterThan(0);
  });

  test("6 x-compensated-by: only what the request itself can fill", async () => {
    const { out } = await sagaspec(specs, "validate", "compensation.yaml");
    expect(out).toContain("compensation.bookNow cannot be undone by 'refund' alone");
    expect(compensation.book.compensatedBy).toBe(compensation.cancel);
  });

  test("7 correlation values: in the form of their schema, and optional for the caller", async () => {
    const { transport, sent } = tapped();
    const handlers = {
      askQuote: () => ({ price: 3 }),
      weigh: ({ number }: { number: number }) => ({ grams: 5, number }),
    };
    const server = await serve(correlation, handlers, transport);
    const client = createClient(correlation, transport);
    expect(await client.askQuote({ sku: "a" })).toEqual({ price: 3 });
    expect(await client.weigh({ sku: "a" })).toMatchObject({ grams: 5 });
    expect(sent[0]?.headers.request).toMatch(/^[0-9a-f-]{36}$/);
    const { number } = bodyOf(sent.find(({ type }) => type === "weigh") as Outgoing) as { number: number };
    expect(Number.isInteger(number) && number >= 1 && number <= 999_999).toBe(true);
    await server.close();
    await transport.close();
  });

  test("8 unexpected errors: in the shape that the contract declares, for whoever understands no other", async () => {
    const { transport } = tapped();
    const handlers = {
      bookSeat: ({ seat }: { seat: string }, { fail }: { fail(name: "seatTaken", payload: { by: string }): Error }) => {
        throw seat === "taken" ? fail("seatTaken", { by: "Ann" }) : new Error("out of order");
      },
    };
    const server = await serve(failures, handlers, transport, { onProblem: () => {} });
    const client = createClient(failures, transport);
    const refused = await client.bookSeat({ seat: "taken" }).catch((error: unknown) => error);
    expect(
      isFailure(refused, failures.bookSeat) && refused.failure.name === "seatTaken" && refused.failure.payload.by,
    ).toBe("Ann");
    await expect(client.bookSeat({ seat: "1" })).rejects.toMatchObject({ code: "remote-error" });
    await server.close();
    await transport.close();
  });

  test("9 declared and native place: correlation and reply address are written to both", async () => {
    const { transport, sent } = tapped();
    const handlers = {
      askQuote: () => ({ price: 3 }),
      weigh: ({ number }: { number: number }) => ({ grams: 5, number }),
    };
    const server = await serve(correlation, handlers, transport);
    await createClient(correlation, transport).askQuote({ sku: "a" });
    const [request] = sent;
    expect(request?.headers.replyTo).toBe(request?.replyTo);
    expect(request?.correlationId).toBeDefined();
    await server.close();
    await transport.close();
  });

  test("10 version 2: publish is received, and x-reply makes a request of it", () => {
    expect(operationsOf(operationsV2).map(({ path }) => path)).toEqual(
      operationsOf(operationsV3).map(({ path }) => path),
    );
    expect(operationsOf(operationsV2Events).map(({ operation }) => operation.action)).toContain("send");
    expect(operationsOf(replyV2).some(({ operation }) => operation.kind === "request")).toBe(true);
  });

  test("11 type names: components keep their key, inline types are called by owner and path", () => {
    expect(text("references/messages.ts")).toContain("lines?: InvoiceLine[];");
    expect(text("names/messages.ts")).toContain("RecordMessage");
  });

  test("12 operation names: in camelCase, and words of the language end with an underscore", () => {
    for (const name of ["then_", "constructor_", "toString_"])
      expect(text("names/contract.ts")).toContain(`  ${name}: {`);
  });

  test("13 stubs: compile, and are missing until they are written", async () => {
    const options = ["--check", "--handlers", join(root, ".tsbuild/none")];
    const { code, out } = await sagaspec(specs, "generate", "failures.yaml", ...options);
    expect(code).toBe(1);
    expect(out).toContain("missing handler: failures.bookSeat");
  });

  test("14 one page: an interface with a documented member for each operation, failures in its type", () => {
    expect(text("failures/contract.ts")).toMatch(
      /bookSeat: Request<\s*BookSeat,\s*SeatBooked,\s*\{ seatTaken: SeatTaken; troubled: Troubled \}/,
    );
  });

  test("15 parameters: asked for where nothing fills them, and an address may be known only at run time", async () => {
    const { transport, sent } = tapped();
    const done: string[] = [];
    const handlers = {
      cleanRoom: (_: unknown, context: { parameters: { floor: string } }) => void done.push(context.parameters.floor),
      bookRoom: ({ guest }: { guest: string }) => void done.push(guest),
      whisper: (payload: { text: string }) => void done.push(payload.text),
    };
    const addresses = { whisper: "private.7" };
    await expect(serve(parameters, handlers, transport, { addresses })).rejects.toThrow(/no value for "floor"/);
    const own = { parameters: { floor: "first", room: "9" }, addresses };
    const server = await serve(parameters, handlers, transport, own);
    const client = createClient(parameters, transport, { addresses });
    await client.cleanRoom({ thoroughly: true }, { parameters: { floor: "first", room: "9" } });
    await client.bookRoom({ guest: "ann" });
    await client.whisper({ text: "psst" });
    await expect.poll(() => [...done].sort()).toEqual(["ann", "first", "psst"]);
    expect(sent.map(({ to }) => "address" in to && to.address)).toEqual([
      "rooms.first.9",
      "bookings.north.ann",
      "private.7",
    ]);
    await server.close();
    await transport.close();
  });

  test("16 bindings: of every protocol, as the document has them", () => {
    const { channel, message, bindings: own } = bindings.onOrder;
    expect(channel.bindings).toMatchObject({
      amqp: { is: "routingKey" },
      kafka: { partitions: 3 },
      ws: { method: "GET" },
    });
    expect(message.bindings).toMatchObject({ amqp: { messageType: "order" } });
    expect(own).toMatchObject({ mqtt: { qos: 1 }, nats: { queue: "workers" } });
  });

  test("17 service names: the file's; what several files share is generated once", () => {
    expect(text("references/messages.ts")).toContain('from "../shared/payments/messages.js"');
    expect(text("shared/payments/messages.ts")).toContain("interface Money");
  });

  test("18 extensions: bare or under x-sagaspec, which wins; a wrong shape is a warning and ignored", async () => {
    const { out } = await sagaspec(specs, "validate", "extensions.yaml");
    expect(out).toContain('x-timeout is ignored: "soon" is not a duration');
    // The reply's own timeout counts before the operation's; what is not answered has none.
    expect(operationsOf(extensions).some(({ operation }) => "timeoutMs" in operation)).toBe(false);
    expect(replyV3.reserveStock.timeoutMs).toBe(500);
  });

  test("19 every constraint of a field reaches the validator", () => {
    const validator = validatorFor(correlation.weigh.message.payload ?? {});
    expect(validator.check({ sku: "a", number: 0, answerTo: "x" })).toBe(false);
    expect(validator.explain({ sku: "a", number: 0, answerTo: "x" }).pointer).toBe("/number");
  });

  test("20 speed: an unchanged document is not read again", async () => {
    const started = performance.now();
    await sagaspec(specs, "generate", "--check");
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
