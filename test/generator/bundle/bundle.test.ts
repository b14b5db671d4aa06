import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundle } from "../../../generator/src/bundle/bundle.js";
import { serialize } from "../../../generator/src/bundle/tree.js";
import { diffContracts } from "../../../generator/src/diff/contracts.js";
import { readContracts } from "../../../generator/src/pipeline/read-contracts.js";
import { corpus } from "../../support/corpus.js";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "sagaspec-test-bundle-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function write(files: { readonly [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
}

async function bundled(path: string): Promise<string> {
  const { document, diagnostics } = await bundle(path, { cwd });
  expect(diagnostics).toEqual([]);
  return document ? serialize(document, "yaml") : "";
}

describe("bundle", () => {
  it("keeps a document that needs no other file, with its comments, as it is", async () => {
    const text = `# Our shop\nasyncapi: 3.0.0\ninfo: { title: Shop, version: 1.0.0 } # draft\nchannels: {}\n`;
    write({ "shop.yaml": text });
    expect(await bundled("shop.yaml")).toBe(text);
  });

  it("moves what stands in other files into components, under its own name", async () => {
    write({
      "shop.yaml": `asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels:
  orders:
    messages:
      placed:
        payload: { $ref: ./common/order.yaml }
      paid: { $ref: "./common/messages.yaml#/paid" }
`,
      "common/order.yaml": `# An order
type: object
properties:
  total: { $ref: "./types.yaml#/definitions/Money" }
  parent: { $ref: "#" }
  default: { $ref: "./types.yaml#/definitions/Money/properties/amount" }
`,
      "common/types.yaml": `definitions:
  Money:
    type: object
    properties: { amount: { type: integer } } # cents
`,
      "common/messages.yaml": `paid: { payload: { $ref: ./types.yaml#/definitions/Money } }\n`,
    });
    expect(await bundled("shop.yaml")).toBe(`asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels:
  orders:
    messages:
      placed:
        payload: { $ref: "#/components/schemas/order" }
      paid: { $ref: "#/components/messages/paid" }
components:
  schemas:
    order:
      # An order
      type: object
      properties:
        total: { $ref: "#/components/schemas/Money" }
        parent: { $ref: "#/components/schemas/order" }
        default: { $ref: "#/components/schemas/Money/properties/amount" }
    Money:
      type: object
      properties: { amount: { type: integer } } # cents
  messages:
    paid: { payload: { $ref: "#/components/schemas/Money" } }
`);
  });

  it("gives parts with one name different ones, and leaves the document's own alone", async () => {
    write({
      "shop.yaml": `asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels: {}
components:
  schemas:
    Order: { type: string }
    A: { properties: { own: { $ref: "#/components/schemas/Order" }, other: { $ref: "./a.yaml#/Order" }, third: { $ref: "./b/a.yaml#/Order" } } }
`,
      "a.yaml": "Order: { type: integer }\n",
      "b/a.yaml": "Order: { type: boolean }\n",
    });
    const text = await bundled("shop.yaml");
    expect(text).toContain("Order-a: { type: integer }");
    expect(text).toContain("Order-a-2: { type: boolean }");
    expect(text).toContain(
      `own: { $ref: "#/components/schemas/Order" }, other: { $ref: "#/components/schemas/Order-a" }`,
    );
  });

  it("puts a channel that is a reference in its place, so that operations still point into it", async () => {
    write({
      "shop.yaml": `asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels:
  orders: { $ref: ./channels.yaml#/orders }
operations:
  place:
    action: receive
    channel: { $ref: "#/channels/orders" }
    messages: [{ $ref: "./channels.yaml#/orders/messages/placed" }]
`,
      "channels.yaml": "orders: { address: orders, messages: { placed: { payload: { type: string } } } }\n",
    });
    const text = await bundled("shop.yaml");
    expect(text).toContain("orders: { address: orders, messages: { placed: { payload: { type: string } } } }");
    expect(text).toContain(`messages: [ { $ref: "#/channels/orders/messages/placed" } ]`);
  });

  it("keeps servers and channels at the root, where channels, operations and replies must find them", async () => {
    write({
      "shop.yaml": `asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
servers: { main: { host: localhost, protocol: amqp } }
channels:
  orders: { $ref: ./channels.yaml#/orders }
operations:
  place:
    action: receive
    channel: { $ref: "#/channels/orders" }
    reply: { channel: { $ref: "./channels.yaml#/answers" } }
  ship: { action: receive, channel: { $ref: "./other.yaml#/channels/orders" } }
`,
      "channels.yaml": `orders:
  address: orders
  servers: [{ $ref: "./shop.yaml#/servers/main" }, { $ref: "./servers.yaml#/spare" }]
  messages: { placed: { payload: { type: string } } }
answers: { address: null, messages: { ok: { payload: { type: string } } } }
`,
      "servers.yaml": "spare: { host: spare, protocol: amqp }\n",
      "other.yaml": `asyncapi: 3.0.0
info: { title: Other, version: 1.0.0 }
channels: { orders: { address: ship, messages: { ship: { payload: { type: string } } } } }
`,
    });
    const text = await bundled("shop.yaml");
    expect(text).not.toContain("components");
    expect(text).toContain(`servers: [ { $ref: "#/servers/main" }, { $ref: "#/servers/spare" } ]`);
    expect(text).toContain(`reply: { channel: { $ref: "#/channels/answers" } }`);
    expect(text).toContain(`channel: { $ref: "#/channels/orders-other" }`);
    write({ "one.yaml": text });
    const options = { cwd, rulesFound: () => undefined };
    const whole = await readContracts([{ path: "one.yaml", service: "shop" }], options);
    expect(whole.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const parts = await readContracts([{ path: "shop.yaml", service: "shop" }], options);
    expect(parts.contracts[0]?.operations.map(({ id }) => id)).toEqual(["shop.place", "shop.ship"]);
    expect(parts.contracts[0]?.channels.map(({ address }) => address)).toEqual(["orders", null, "ship"]);
  });

  it("takes a $ref in data for data", async () => {
    const data = `{ $ref: "./nowhere.yaml#/x" }`;
    write({
      "shop.yaml": `asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels: {}
components:
  schemas:
    Link: { $ref: ./link.yaml }
  messages:
    told: { payload: true, examples: [ { payload: ${data} } ] }
`,
      "link.yaml": `type: object
enum: [ ${data} ]
default: ${data}
const: ${data}
example: ${data}
examples: [ ${data} ]
x-link: ${data}
`,
    });
    expect((await bundled("shop.yaml")).split(data)).toHaveLength(8);
  });

  it("leaves schemas of another language in the message they belong to", async () => {
    write({
      "shop.yaml": `asyncapi: 2.6.0
info: { title: Shop, version: 1.0.0 }
channels:
  orders:
    subscribe:
      message:
        schemaFormat: application/vnd.apache.avro;version=1.9.0
        payload: { $ref: ./order.avsc }
`,
      "order.avsc": `{ "type": "record", "name": "Order", "fields": [{ "name": "id", "type": "long" }] }`,
    });
    const text = await bundled("shop.yaml");
    expect(text).not.toContain("components");
    expect(text).toContain("type: record");
  });

  it("says where a file is missing, and leaves references to other hosts", async () => {
    write({
      "shop.yaml": `asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels: { a: { $ref: ./absent.yaml } }
`,
      "remote.yaml": `asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
channels: { a: { messages: { m: { $ref: "https://localhost:1/m.yaml" } } } }
`,
    });
    const missing = await bundle("shop.yaml", { cwd });
    expect(missing.document).toBeUndefined();
    expect(missing.diagnostics).toMatchObject([{ code: "file-not-found", file: "shop.yaml", line: 3 }]);
    const remote = await bundle("remote.yaml", { cwd });
    expect(remote.diagnostics).toMatchObject([{ severity: "warning", code: "remote-reference" }]);
    expect(remote.document && serialize(remote.document, "yaml")).toContain("https://localhost:1/m.yaml");
  });
});

const manifest = join(corpus, "MANIFEST.tsv");

it.skipIf(!existsSync(manifest))(
  `means the same in one file (documents of ${corpus})`,
  { timeout: 300_000 },
  async () => {
    const rows = readFileSync(manifest, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t"));
    const paths = rows.filter((row) => row[6] === "ok").flatMap(([file]) => file ?? []);
    const wrong: string[] = [];
    for (const path of paths) {
      const { document, diagnostics } = await bundle(path, { cwd: corpus });
      const options = { lenient: true, rulesFound: () => [] };
      const [before] = (await readContracts([{ path, service: "one" }], { cwd: corpus, ...options })).contracts;
      if (!document) {
        if (before) wrong.push(`${path}: ${diagnostics.map(({ message }) => message)}`);
        continue;
      }
      writeFileSync(join(cwd, "one.yaml"), serialize(document, "yaml"));
      const after = await readContracts([{ path: "one.yaml", service: "one" }], { cwd, ...options });
      if (!before) continue;
      const [now] = after.contracts;
      if (!now) wrong.push(`${path}: ${after.diagnostics.map(({ message }) => message)}`);
      else
        for (const { code, what } of diffContracts(before, now))
          if (!code.startsWith("type-")) wrong.push(`${path}: ${what}`);
    }
    expect(wrong).toEqual([]);
  },
);
