import { describe, expect, test } from "vitest";
import { outline, typeOf } from "../../support/contracts/read.js";
import { contractOf, findings, head, readFiles } from "../../support/contracts/read-files.js";

const channels = (key: string, reference: string): string => `${head}channels:
  listen:
    address: listen
    messages: { ${JSON.stringify(key)}: { payload: { type: object, properties: { a: { type: string } } } } }
operations:
  onListen: { action: receive, channel: { $ref: "#/channels/listen" }, messages: [{ $ref: "${reference}" }] }
`;

describe("references whose keys are not escaped", () => {
  test.each([
    ["v1/listen", "#/channels/listen/messages/v1/listen"],
    ["a/b/c", "#/channels/listen/messages/a/b/c"],
    ["v1 / listen", "#/channels/listen/messages/v1%20/%20listen"],
    ["a~1b", "#/channels/listen/messages/a~1b"],
    ["a~b/c", "#/channels/listen/messages/a~b/c"],
  ])("%s is found at %s with --lenient, and asked to be corrected without", async (key, reference) => {
    const files = { "document.yaml": channels(key, reference) };
    const lenient = await readFiles(files, { lenient: true });
    expect(findings(lenient)).toEqual(["warning unescaped-reference 8:83"]);
    expect(contractOf(lenient).messages.map((message) => message.name)).toEqual([key]);
    const strict = await readFiles(files);
    expect(findings(strict)).toEqual(["error unresolved-reference 8:83"]);
    expect(strict.diagnostics[0]?.hint).toContain(
      `#/channels/listen/messages/${key.replaceAll("~", "~0").replaceAll("/", "~1")}'`,
    );
  });

  test.each([
    ["v1/listen", "#/channels/listen/messages/v1~1listen"],
    ["v1/listen", "#/channels/listen/messages/v1%2Flisten"],
    ["v1/listen", "#/channels/listen/messages/v1%7E1listen"],
    ["hear me", "#/channels/listen/messages/hear%20me"],
    ["hear me", "#/channels/listen/messages/hear me"],
    ["100%", "#/channels/listen/messages/100%"],
    ["é", "#/channels/listen/messages/%C3%A9"],
  ])("%s is what %s says", async (key, reference) => {
    const result = await readFiles({ "document.yaml": channels(key, reference) });
    expect(findings(result)).toEqual([]);
    expect(contractOf(result).messages.map((message) => message.name)).toEqual([key]);
  });

  test("lead nowhere where two places can be meant", async () => {
    const schemas = `${head}components:
  schemas:
    S: { type: object, properties: { a: { $ref: "#/x-parts/a/b/c" } } }
x-parts: { a/b: { c: { type: string } }, a: { b/c: { type: number } } }
`;
    const result = await readFiles({ "document.yaml": schemas }, { lenient: true });
    expect(findings(result)).toContainEqual(expect.stringMatching(/^error unresolved-reference 5:/));
  });

  test("are followed through references, and never for ever", async () => {
    const circle = Array.from(
      { length: 3_000 },
      (_, n) => `    S${n}: { $ref: "#/components/schemas/S${(n + 1) % 3_000}/x/y" }`,
    );
    const text = `${head}components:\n  schemas:\n${circle.join("\n")}\n    Own: { $ref: "#/components/schemas/Own/properties/a" }\n`;
    const result = await readFiles({ "document.yaml": text }, { lenient: true });
    expect(new Set(result.diagnostics.map((one) => one.code))).toEqual(
      new Set(["unresolved-reference", "no-operations"]),
    );
  });
});

test("servers and security schemes are known by the keys that references lead to", async () => {
  const text = `${head}servers: { eu/1: { host: h, protocol: amqp, security: [{ $ref: "#/components/securitySchemes/by~1key" }] } }
channels: { c: { address: c, servers: [{ $ref: "#/servers/eu~11" }] } }
components: { securitySchemes: { by/key: { type: apiKey, in: user } } }
`;
  const { servers, channels: read } = contractOf(await readFiles({ "document.yaml": text }));
  expect(servers[0]?.security[0]?.name).toBe("by/key");
  expect(read[0]?.servers).toEqual(["eu/1"]);
});

describe("schemas that are referred to by their identifiers", () => {
  const schemas = (text: string): string => `${head}components:\n  schemas:\n${text.replace(/^/gm, "    ")}\n`;

  test("an anchor in the same file", async () => {
    const text = schemas(`Order: { type: object, properties: { to: { $ref: "#place" }, from: { $ref: "#place" } } }
Address: { $id: "#place", type: object, properties: { city: { type: string } } }`);
    const contract = contractOf(await readFiles({ "document.yaml": text }, { rules: true }));
    expect(typeOf(contract, "Order").schema).toMatchObject({
      properties: { to: { $ref: "Address" }, from: { $ref: "Address" } },
    });
  });

  test("an anchor in another file, which has a name of its own", async () => {
    const text = schemas('Order: { type: object, properties: { total: { $ref: "parts/money.yaml#amount" } } }');
    const money = `$id: https://example.com/money
definitions: { Amount: { $id: "#amount", type: object, properties: { value: { type: number } } } }`;
    const contract = contractOf(await readFiles({ "document.yaml": text, "parts/money.yaml": money }));
    expect(typeOf(contract, "Order").schema).toMatchObject({ properties: { total: { $ref: "Amount" } } });
    expect(typeOf(contract, "Amount").module).toBe("shared/money");
  });

  test("a schema's name, relative to the names around it, and what stands below it", async () => {
    const text = schemas(`Order:
  $id: https://example.com/schemas/order.json
  type: object
  properties:
    buyer: { $ref: person.json }
    name: { $ref: "person.json#/properties/name" }
    seller: { $ref: "https://example.com/schemas/person.json" }
    line: { $ref: "#/definitions/Line" }
    alias: { $ref: "person.json#alias" }
  definitions:
    Line: { type: object, properties: { sku: { type: string } } }
    Person:
      $id: person.json
      type: object
      properties: { name: { $id: "#alias", type: string, minLength: 1 } }`);
    const result = await readFiles({ "document.yaml": text });
    expect(findings(result)).toEqual(["warning no-operations 1:1"]);
    const { properties } = typeOf(contractOf(result), "Order").schema as { properties: Record<string, unknown> };
    expect(properties).toMatchObject({
      buyer: { $ref: "Person" },
      seller: { $ref: "Person" },
      name: { type: "string", minLength: 1 },
      alias: { type: "string", minLength: 1 },
      line: { $ref: "Line" },
    });
  });

  test("`#` in a schema with a name is that schema", async () => {
    const text = schemas(`Tree:
  $id: https://example.com/tree
  type: object
  properties: { children: { type: array, items: { $ref: "#" } } }`);
    const contract = contractOf(await readFiles({ "document.yaml": text }));
    expect(typeOf(contract, "Tree").schema).toMatchObject({
      properties: { children: { items: { $ref: "Tree" } } },
    });
    expect(contract.types).toHaveLength(1);
  });

  test("an anchor that nobody has is an error where it is used", async () => {
    const text = schemas('Order: { type: object, properties: { to: { $ref: "#nowhere" } } }');
    expect(findings(await readFiles({ "document.yaml": text }))[0]).toMatch(/^error unresolved-reference 5:/);
  });

  test("identifiers that are no URLs do no harm", async () => {
    const text = schemas(`A: { $id: "http://[", type: object, properties: { b: { $ref: "#/components/schemas/B" } } }
B: { $id: "%%", type: object, properties: { a: { $ref: "urn:b" }, c: { type: string } } }
C: { $id: "urn:b", type: object, properties: { d: { type: string } } }`);
    const contract = contractOf(await readFiles({ "document.yaml": text }));
    expect(typeOf(contract, "B").schema).toMatchObject({ properties: { a: { $ref: "C" } } });
  });
});

test("an operation of a document that uses all of this keeps its name", async () => {
  const text = channels("v1/listen", "#/channels/listen/messages/v1/listen");
  expect(outline(contractOf(await readFiles({ "document.yaml": text }, { lenient: true })))).toEqual([
    "receive onListen(v1Listen)",
  ]);
});
