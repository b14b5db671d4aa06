import { describe, expect, test } from "vitest";
import type { SchemaNode } from "../../../generator/src/contract/contract.js";
import { contractOf, head, readFiles } from "../../support/contracts/read-files.js";

const read = async (schemas: string, more = "") =>
  readFiles({ "document.yaml": `${head}${more}components: { schemas: { ${schemas} } }\n` });

const schemaOf = async (schema: string, others = ""): Promise<SchemaNode | undefined> =>
  contractOf(await read(`S: ${schema}${others && `, ${others}`}`)).types.find((one) => one.name === "S")?.schema;

const place = "Place: { type: object, properties: { city: { type: string } } }";

describe("what later drafts say and draft-07 can is checked", () => {
  test.each<[string, string, SchemaNode]>([
    [
      "a tuple",
      "{ type: array, prefixItems: [{ type: string }, { type: number }], items: false }",
      { type: "array", items: [{ type: "string" }, { type: "number" }], additionalItems: false },
    ],
    [
      "a tuple with a rest",
      "{ prefixItems: [{ type: string }], items: { type: number } }",
      { items: [{ type: "string" }], additionalItems: { type: "number" } },
    ],
    [
      "a tuple that nothing else may follow",
      "{ prefixItems: [{ type: string }], unevaluatedItems: false }",
      { items: [{ type: "string" }], additionalItems: false },
    ],
    [
      "a tuple of draft-07 with as many items as there may be",
      "{ items: [{ type: string }, { type: string }], maxItems: 2 }",
      { items: [{ type: "string" }, { type: "string" }], additionalItems: false, maxItems: 2 },
    ],
    ["members that need others", "{ dependentRequired: { a: [b] } }", { dependencies: { a: ["b"] } }],
    [
      "members that need more than others",
      "{ dependentSchemas: { a: { required: [c] } }, dependentRequired: { a: [b], d: [e] } }",
      { dependencies: { a: { allOf: [{ required: ["b"] }, { required: ["c"] }] }, d: ["e"] } },
    ],
    [
      "an object without other members",
      "{ properties: { a: {} }, unevaluatedProperties: false }",
      { properties: { a: {} }, additionalProperties: false },
    ],
    ["a list of which no item is asked for", "{ contains: { type: string }, minContains: 0 }", {}],
    [
      "what stands beside a reference",
      '{ $ref: "#/components/schemas/Place", required: [city] }',
      { allOf: [{ $ref: "Place" }, { required: ["city"] }] },
    ],
    [
      "null beside a reference",
      '{ $ref: "#/components/schemas/Place", nullable: true, description: where }',
      { anyOf: [{ $ref: "Place" }, { type: "null" }] },
    ],
  ])("%s", async (_, written, expected) => {
    expect(await schemaOf(written, place)).toEqual(expected);
  });

  test("a reference with words for a reader alone stays a reference", async () => {
    const schema = '{ type: object, properties: { at: { $ref: "#/components/schemas/Place", description: where } } }';
    expect(await schemaOf(schema, place)).toEqual({ type: "object", properties: { at: { $ref: "Place" } } });
  });

  test("definitions under their new name", async () => {
    const schema =
      '{ properties: { a: { $ref: "#/components/schemas/S/$defs/Part" } }, $defs: { Part: { properties: { b: {} } } } }';
    expect(await schemaOf(schema)).toEqual({ properties: { a: { $ref: "Part" } } });
  });
});

test.each([
  ["unevaluatedProperties", `{ allOf: [{ $ref: "#/components/schemas/Place" }], unevaluatedProperties: false }`],
  ["minContains", "{ type: array, contains: { type: string }, minContains: 2 }"],
  ["maxContains", "{ type: array, contains: { type: string }, maxContains: 2 }"],
  ["$dynamicRef", '{ type: object, properties: { a: { type: string } }, $dynamicRef: "#node" }'],
])("what draft-07 cannot say is a warning at its place: %s", async (keyword, written) => {
  const { diagnostics } = await read(`S: ${written}, ${place}`);
  const found = diagnostics.map((one) => `${one.severity} ${one.code} ${one.pointer}`);
  expect(found).toContain(`warning unsupported-keyword #/components/schemas/S/${keyword}`);
});

describe("a schema in a Multi Format Schema Object is found", () => {
  const channels = (payload: string): string =>
    `channels: { c: { address: c, messages: { m: { payload: ${payload} } } } }\n`;

  test.each([
    ["without a format", "{ schema: { type: object, properties: { city: { type: string } } } }"],
    ["by a reference", '{ schema: { $ref: "#/components/schemas/Formatted" } }'],
    [
      "by a reference to another",
      '{ schemaFormat: "application/vnd.aai.asyncapi;version=3.0.0", schema: { $ref: "#/components/schemas/Formatted" } }',
    ],
  ])("%s", async (_, payload) => {
    const formatted =
      'Formatted: { schemaFormat: "application/vnd.oai.openapi+json;version=3.1.0", schema: { type: object, properties: { city: { type: string } } } }';
    const contract = contractOf(await read(formatted, channels(payload)));
    const payloads = contract.messages.map((one) => one.payload);
    const type = contract.types.find(({ name }) =>
      payloads.some((one) => typeof one === "object" && one.$ref === name),
    );
    expect(type?.schema).toEqual({ type: "object", properties: { city: { type: "string" } } });
  });
});
