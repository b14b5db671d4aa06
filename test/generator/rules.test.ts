import { execFile } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { ambiguousMessages } from "../../generated/features/ambiguous-messages/index.js";
import { bindings } from "../../generated/features/bindings/index.js";
import { compensation } from "../../generated/features/compensation/index.js";
import { correlation } from "../../generated/features/correlation/index.js";
import { extensions } from "../../generated/features/extensions/index.js";
import { type FailuresHandlers, failures } from "../../generated/features/failures/index.js";
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
import { project, sagaspec } from "../cli/terminal.js";
import { filesOf, siteOf } from "../docs/site-of.js";
import { feature, root } from "./contract/read.js";
import { blemishes, complaints } from "./output/compile.js";
import { temporaryProject } from "./output/project.js";

const specs = join(root, "specs/features");
const generated = join(root, "generated/features");
const sources = readdirSync(generated, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => join(generated, path));
const text = (path: string): string => readFileSync(join(generated, path), "utf8");

/** A project of one of the features' documents. */
function projectOf(name: string): ReturnType<typeof temporaryProject> {
  const folder = temporaryProject();
  copyFileSync(join(specs, `${name}.yaml`), join(folder.path, `${name}.yaml`));
  writeFileSync(join(folder.path, "sagaspec.config.json"), JSON.stringify({ documents: [`${name}.yaml`] }));
  return folder;
}

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
    const validator = validatorFor(correlation.weigh.message.payload ?? {});
    expect(validator.check({ sku: "a", number: 0, answerTo: "x" })).toBe(false);
    expect(validator.explain({ sku: "a", number: 0, answerTo: "x" }).pointer).toBe("/number");
  });

  test("2 interfaces: const, enum and null are printed as the document has them", () => {
    const values = text("schema-values/messages.ts");
    expect(values).toContain('export type Color = "red" | "green" | "blue";');
    expect(values).toContain("note?: string | null;");
    expect(values).toContain("version: 2;");
    expect(sources.flatMap(blemishes)).toEqual([]);
  });

  test("3 two contracts: what a service receives, and what it sends", () => {
    const actions = (contract: typeof operationsV3 | typeof operationsV3Events) => [
      ...new Set(operationsOf(contract).map(({ operation }) => operation.action)),
    ];
    expect(actions(operationsV3)).toEqual(["receive"]);
    expect(actions(operationsV3Events)).toEqual(["send"]);
    expect(operationsV3.$contract.service).toBe(operationsV3Events.$contract.service);
  });

  test("4 several messages: one member for each, and an empty payload is void", async () => {
    const { transport } = tapped();
    const broken: unknown[] = [];
    const handlers = { measureLight: { lampBroken: (payload: unknown) => void broken.push(payload) } };
    const server = await subscribe(operationsV3, handlers, transport, { group: "g" });
    expect(Object.keys(operationsV3.measureLight)).toEqual(["lightMeasured", "lampBroken"]);
    expect(text("payloads/contract.ts")).toContain("Message<void>");
    expect(text("reply-v3/contract.ts")).toContain(
      "OneOf<{ stockReserved: StockReserved; stockOrdered: StockOrdered }>",
    );
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
    expect(out).toContain("'change' has several messages");
    expect(out).toContain("'cancelled' goes the other way");
    expect(out).toContain("'unbook' is itself undone by 'rebook'");
    for (const { bookTwice, bookQuietly, rebook } of [compensation])
      expect([bookTwice, bookQuietly, rebook].some((one) => "compensatedBy" in one)).toBe(false);
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
    const { out } = await sagaspec(specs, "validate", "narrow-correlation.yaml");
    expect(out).toContain("the correlation id of track cannot be made");
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
    // Two that are equal take their channels' names in front.
    for (const name of ["deleteSendIt", '"überStraßeSendIt"'])
      expect(text("names/contract.ts")).toContain(`  ${name}: {`);
  });

  test("13 stubs: compile, answer a failure that is never retried, and count as missing until they are written", async () => {
    using folder = projectOf("failures");
    const missing = await sagaspec(folder.path, "generate", "--check");
    expect([missing.code, missing.out]).toEqual([1, expect.stringContaining("missing handler: failures.bookSeat")]);
    const { out } = await sagaspec(folder.path, "generate");
    expect(out).toContain("wrote handlers/failures.ts: failures.bookSeat");
    const stubs = join(folder.path, "handlers/failures.ts");
    expect(readFileSync(stubs, "utf8")).toContain('return notImplemented("failures.bookSeat");');
    expect(complaints([stubs], "nodenext")).toEqual([]);
    const unwritten = await sagaspec(folder.path, "generate", "--check");
    expect([unwritten.code, unwritten.out]).toEqual([
      1,
      expect.stringContaining("unwritten handler: failures.bookSeat"),
    ]);

    const { transport, sent } = tapped();
    const { handlers } = (await import(stubs)) as { handlers: FailuresHandlers };
    const server = await serve(failures, handlers, transport, { onProblem: () => {} });
    const client = createClient(failures, transport);
    await expect(client.bookSeat({ seat: "1" })).rejects.toMatchObject({ code: "remote-error", retryable: false });
    expect(sent).toHaveLength(2);
    await server.close();
    await transport.close();
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

  test("17 service names: the file's, else its folder's, else the title's; what several files share is generated once", async () => {
    expect(text("references/messages.ts")).toContain('from "../shared/payments/messages.js"');
    expect(text("shared/payments/messages.ts")).toContain("interface Money");
    const document = readFileSync(join(specs, "failures.yaml"), "utf8");
    await using folder = await project({
      "seats.yaml": document,
      "shop/asyncapi.yaml": document,
      "api/api.yml": document,
    });
    const generate = (...paths: string[]) => sagaspec(folder.path, "generate", ...paths, "--json", "--no-handlers");
    const { out } = await generate("seats.yaml", "shop/asyncapi.yaml");
    expect(JSON.parse(out).services).toEqual(["seats", "shop"]);
    expect(JSON.parse((await generate("api/api.yml")).out).services).toEqual(["api"]);
    const twice = await project({ "a/seats.yaml": document, "b/seats.yaml": document });
    const refused = await sagaspec(twice.path, "generate", "*/seats.yaml");
    expect([refused.code, refused.notes]).toEqual([1, expect.stringContaining("duplicate-service")]);
    await twice[Symbol.asyncDispose]();
  });

  test("18 extensions: bare or under x-sagaspec, which wins; a wrong shape is a warning and ignored", async () => {
    const { out } = await sagaspec(specs, "validate", "extensions.yaml");
    expect(out).toContain('x-timeout is ignored: "soon" is not a duration');
    expect([extensions.placeOrder.timeoutMs, extensions.second.timeoutMs]).toEqual([1_500, 120_000]);
    // The reply's own timeout counts before the operation's; nobody waits for what is not answered.
    expect(replyV3.reserveStock.timeoutMs).toBe(500);
    expect(out).toContain("x-timeout is ignored: the operation has no reply");
    expect("timeoutMs" in extensions.fourth).toBe(false);
  });

  test("19 docs pages: every field, constraint, failure and timeout is in the HTML, without script", async () => {
    const site = await siteOf(
      await Promise.all(["correlation", "failures", "reply-v3", "parameters"].map((name) => feature(name))),
    );
    const pages = [...(await filesOf(site))].filter(([path]) => path.endsWith(".html")).map(([, content]) => content);
    const html = pages.join("\n").replace(/<script.*?<\/script>/gs, "");
    const words = html
      .replace(/<[^>]*>/g, " ")
      .replaceAll("&nbsp;", " ")
      .replace(/\s+/g, " ");
    for (const field of ["sku", "number", "answerTo", "grams", "retryable", "arrives"])
      expect(words).toContain(` ${field} `);
    expect(words).toContain("number integer required 1 to 999999");
    expect(words).toContain("seatTaken failure");
    expect(words).toContain("Timeout 500 ms");
    expect(words).toContain("Where the room lies.");
  });

  test("20 speed: rules run once for a content, ts-morph is loaded for new stubs only, an unchanged document is not read", async () => {
    using folder = projectOf("failures");
    // A cache of its own: in the workspace's the document is known.
    mkdirSync(join(folder.path, "node_modules"));
    const first = await loadedBy(folder.path);
    expect(first).toContain("rules");
    expect(first).toContain("printers");
    expect(await loadedBy(folder.path)).toEqual([]);
    appendFileSync(join(folder.path, "handlers/failures.ts"), "// mine\n");
    expect(await loadedBy(folder.path)).toEqual(["handlers"]);
    // Printed anew, but of a known content.
    expect(await loadedBy(folder.path, "--out", "elsewhere")).toEqual(["printers"]);
  });
});

/** What is slow to load, and who loads it. */
const slow = { rules: "/@asyncapi/parser/", printers: "/@asyncapi/modelina/", handlers: "/ts-morph/" };

/** Which of the slow ones a run of `generate` loads: the engine lists every script for its coverage. */
async function loadedBy(cwd: string, ...options: string[]): Promise<readonly string[]> {
  const coverage = mkdtempSync(join(tmpdir(), "sagaspec-loaded-"));
  const main = join(root, "generator/src/cli/main.ts");
  const node = ["--conditions=@sagaspec/source", "--import", "tsx", main, "generate", ...options];
  await promisify(execFile)(process.execPath, node, { cwd, env: { ...process.env, NODE_V8_COVERAGE: coverage } });
  const scripts = readdirSync(coverage).map((file) => readFileSync(join(coverage, file), "utf8"));
  rmSync(coverage, { recursive: true });
  return Object.entries(slow).flatMap(([what, part]) => (scripts.some((one) => one.includes(part)) ? [what] : []));
}
