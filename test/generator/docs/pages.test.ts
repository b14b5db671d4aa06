import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Contract } from "../../../generator/src/contract/contract.js";
import { brokerNames } from "../../../generator/src/docs/broker-names.js";
import { brokenLinks } from "../../../generator/src/docs/links.js";
import { FileNames } from "../../../generator/src/docs/urls.js";
import { readContracts } from "../../../generator/src/pipeline/read-contracts.js";
import { deadQueue, queueOf, routeOf } from "../../../runtime/src/transports/amqp/topology.js";
import { exampleContracts, filesOf, siteOf } from "./site-of.js";

/** Everything that a page must not leave out. */
const document = `asyncapi: 3.0.0
id: urn:com:example:fleet
info:
  title: Fleet
  version: 1.0.0
  termsOfService: https://example.com/terms
  license: { name: Ours, url: https://example.com/licence }
servers:
  eu:
    host: sqs://queue.example
    protocol: sqs
    title: Europe
    tags: [{ name: live }]
    security:
      - { type: httpApiKey, in: header, name: X-Key }
      - type: oauth2
        scopes: [fleet:read]
        flows: { clientCredentials: { tokenUrl: https://example.com/token, availableScopes: { "fleet:read": See vehicles } } }
channels:
  pulses:
    address: fleet.{region}.pulses
    title: Pulses
    tags: [{ name: hot }]
    externalDocs: { url: https://example.com/pulses, description: About pulses }
    parameters: { region: { examples: [eu-west] } }
    messages:
      event11: { $ref: "#/components/messages/event11" }
      told: { $ref: "#/components/messages/told" }
operations:
  pulsed: { action: send, channel: { $ref: "#/channels/pulses" }, messages: [{ $ref: "#/channels/pulses/messages/event11" }] }
  tell: { action: send, channel: { $ref: "#/channels/pulses" }, messages: [{ $ref: "#/channels/pulses/messages/told" }] }
components:
  messages:
    event11: { summary: Pulse V2 token data, payload: { $ref: "#/components/schemas/Pulse" } }
    told: { contentType: application/xml, payload: { $ref: "#/components/schemas/Pulse" } }
  schemas:
    Pulse:
      title: Heart beat of a vehicle
      x-team: motors
      oneOf:
        - { type: object, required: [at, speed], properties: { at: { $ref: "#/components/schemas/Moment" }, speed: { type: integer, minimum: 3 } } }
        - { type: object, required: [at, halt], properties: { at: { $ref: "#/components/schemas/Moment" }, halt: { const: true } } }
    Moment: { type: string, format: date-time, title: A moment, x-clock: gps }
`;

const text = (page: string | undefined): string => (page ?? "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

describe("pages", () => {
  let folder: string;
  let fleet: Contract;
  let files: ReadonlyMap<string, string>;

  const read = async (path: string, content: string): Promise<Contract> => {
    await writeFile(join(folder, path), content);
    const { contracts, diagnostics } = await readContracts([{ path }], { cwd: folder, rulesFound: () => [] });
    const [contract] = contracts;
    if (contract === undefined) throw new Error(JSON.stringify(diagnostics));
    return contract;
  };
  const page = (path: string) => text(files.get(path));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sagaspec-pages-"));
    fleet = await read("fleet.yaml", document);
    files = await filesOf(await siteOf([fleet]));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("lead nowhere wrong", () => {
    expect(brokenLinks([...files].map(([path, content]) => ({ path, content })))).toEqual([]);
  });

  it("say at the head of a service where to connect and what it offers, before any operation", () => {
    const whole = page("fleet/index.html");
    const head = whole.slice(0, whole.indexOf("Operations in full"));
    for (const said of [
      "Europe",
      "sqs://queue.example",
      "header X-Key",
      "fleet:read",
      "pulsed",
      "fleet.{region}.pulses",
    ]) {
      expect(head).toContain(said);
    }
    expect(whole).not.toContain("sqs://sqs://");
  });

  it("show what the document says of terms, licence, id, tokens, tags and further reading", () => {
    const html = files.get("fleet/index.html") ?? "";
    for (const link of ["terms", "licence", "token", "pulses"])
      expect(html).toContain(`href="https://example.com/${link}"`);
    const shown = page("fleet/index.html");
    for (const said of ["urn:com:example:fleet", "See vehicles", "live", "hot", "eu-west", "About pulses"]) {
      expect(shown).toContain(said);
    }
  });

  it("call a message what its author calls it, not by a number", () => {
    expect(page("fleet/messages/event11.html")).toContain("Pulse V2 token data");
    expect(files.get("fleet/messages/event11.html")).toMatch(/<h1>Pulse V2 token data/);
  });

  it("show a generated example where the document has none, marked so, the same at every build", async () => {
    const shown = page("fleet/messages/event11.html");
    expect(shown).toContain("event11: generated example");
    expect(shown).toContain("the document has no example");
    expect(await filesOf(await siteOf([fleet]))).toEqual(files);
    const examples = await filesOf(await siteOf(await exampleContracts()));
    expect(text(examples.get("restaurant/messages/createTicket.html"))).not.toContain("generated example");
  });

  it("make an example of every shape that the runtime accepts", async () => {
    const { validatorFor } = await import("../../../runtime/src/contract/schema.js");
    const site = await siteOf([
      await read(
        "shapes.yaml",
        `asyncapi: 3.0.0
info: { title: Shapes, version: 1.0.0 }
channels: { c: { address: c, messages: { tree: { payload: { $ref: "#/components/schemas/Tree" } }, $ref-like: { payload: { type: object, required: [$ref, enum], properties: { $ref: { type: integer }, enum: { enum: [{ $ref: x }] } } } } } } }
components: { schemas: { Tree: { type: object, required: [size], properties: { size: { type: integer, maximum: 3 }, children: { type: array, items: { $ref: "#/components/schemas/Tree" } } } } } }
`,
      ),
    ]);
    const [service] = site.services;
    const generated = [...(service?.messages.values() ?? [])].map((entry) => entry.generated);
    const tree = { type: "object", required: ["size"], properties: { size: { type: "integer", maximum: 3 } } };
    expect(validatorFor(tree).check(generated[0])).toBe(true);
    expect(generated[1]).toMatchObject({ $ref: expect.any(Number), enum: { $ref: "x" } });
  });

  it("say why a body that is not JSON is bytes", () => {
    expect(page("fleet/messages/told.html")).toContain("bytes (a Uint8Array)");
    expect(page("fleet/messages/event11.html")).not.toContain("Uint8Array)");
  });

  it("have one for each named schema, which says where it is used and what else the document says", () => {
    const moment = page("fleet/schemas/Moment.html");
    for (const said of ["A moment", "x-clock", "Pulse V2 token data", "pulsed", "In schemas Pulse"]) {
      expect(moment).toContain(said);
    }
    expect(page("fleet/schemas/Pulse.html")).toContain("x-team");
    expect(files.get("fleet/messages/event11.html")).toContain(`href="../schemas/Pulse.html"`);
  });

  it("give each id once, although choices have fields of one name", () => {
    for (const [path, html] of files) {
      const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      expect([path, ids.filter((id, index) => ids.indexOf(id) !== index)]).toEqual([path, []]);
    }
    expect(files.get("fleet/messages/event11.html")).toContain(`id="payload.at~2"`);
  });

  it("name the queue, its exchange and the queue of messages set aside as the runtime does", async () => {
    const contracts = [...(await exampleContracts()), await read("bound.yaml", bound)];
    const seen: string[] = [];
    for (const contract of contracts) {
      for (const operation of contract.operations) {
        const channel = contract.channels.find(({ key }) => key === operation.channel);
        const address = channel?.address;
        if (channel === undefined || address == null || address.includes("{")) continue;
        const bindings = { amqp: { ...channel.bindings.amqp, ...operation.bindings.amqp } };
        const endpoint = { service: contract.service, action: operation.action, address, bindings };
        const source = { ...endpoint, group: "<group>", durable: true, operation: operation.id };
        const queue = queueOf(source as unknown as Parameters<typeof queueOf>[0]);
        const route = routeOf(endpoint as unknown as Parameters<typeof routeOf>[0]);
        expect(brokerNames({ channel, operation }, contract)).toEqual({
          ...(route.exchange === "" ? {} : { exchange: route.exchange, routingKey: route.routingKey }),
          queue: queue.name,
          deadLetters: deadQueue(queue.name).name,
        });
        seen.push(operation.id);
      }
    }
    expect(seen.length).toBeGreaterThan(7);
    const sqs = fleet.operations[0];
    expect(sqs && brokerNames({ operation: sqs, channel: fleet.channels[0] }, fleet)).toBeUndefined();
  });
});

const bound = `asyncapi: 3.0.0
info: { title: Bound, version: 1.0.0 }
channels:
  a: { address: a, bindings: { amqp: { is: queue, queue: { name: a-queue } } }, messages: { m: { payload: true } } }
  b: { address: b, bindings: { amqp: { is: routingKey, exchange: { name: b-exchange, type: topic } } }, messages: { m: { payload: true } } }
  c: { address: c, messages: { m: { payload: true } } }
operations:
  a: { action: receive, channel: { $ref: "#/channels/a" } }
  b: { action: receive, channel: { $ref: "#/channels/b" } }
  c: { action: send, channel: { $ref: "#/channels/c" } }
`;

it("names as many files as are asked for, of one name too", () => {
  const names = new FileNames(["assets"]);
  const claimed = ["index", "index", "Index", "index", "assets"].map((name) => names.claim(name).toLowerCase());
  expect(new Set(claimed).size).toBe(5);
  expect(claimed[0]).toBe("index");
});
