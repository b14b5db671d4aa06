import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { validatorFor } from "../../runtime/src/contract/schema.js";

// The reference: draft-07 as most tools understand it.
const ajv = new Ajv({ strict: false, allErrors: false });
addFormats.default(ajv);

const values: readonly unknown[] = [
  null,
  true,
  0,
  1,
  1.5,
  -1,
  2 ** 31,
  2 ** 40,
  1e20,
  0.3,
  "",
  "a",
  "ab",
  "é",
  "😀",
  "2024-02-30",
  "2024-02-29",
  "12:30:00Z",
  "2024-02-29T12:30:00Z",
  "2024-02-29T12:30:00",
  "a@b.example",
  "a@b",
  "http://example.com/x?y=1",
  "/relative",
  "127.0.0.1",
  "256.1.1.1",
  "::1",
  "example.com",
  "-bad-",
  "0b3f7a52-6a3b-4a43-8f43-0d3c8a2f7e10",
  "aGVsbG8=",
  "aGVsbG8",
  "P1D",
  "P",
  "/a/b",
  "a/b",
  [],
  [1],
  [1, 1],
  [1, "a"],
  ["a", 1],
  [{ a: 1 }, { a: 1 }],
  {},
  { a: 1 },
  { a: "x" },
  { a: 1, b: 2 },
  { b: 2 },
  { kind: "x", a: 1 },
  { kind: "y", b: "z" },
  { next: { next: {} } },
  { next: { next: 1 } },
  { x1: 1 },
  { x1: "s" },
];

const schemas: { readonly [promise: string]: object } = {
  types: { type: ["integer", "null"] },
  numbers: { type: "number", minimum: 1, exclusiveMaximum: 2 },
  // Of 0.1 Ajv says that 0.3 is none, for its quotient is 2.9999999999999996.
  multiples: { multipleOf: 0.25 },
  "lengths in code points": { type: "string", minLength: 1, maxLength: 1 },
  patterns: { pattern: "^[a-z]+$" },
  constants: { enum: [1, "a", null, { a: 1 }] },
  "const of an array": { const: [1] },
  objects: { type: "object", required: ["a"], properties: { a: { type: "integer" } }, additionalProperties: false },
  "names by pattern": { patternProperties: { "^x": { type: "number" } }, additionalProperties: { type: "integer" } },
  dependencies: { dependencies: { a: ["b"] } },
  arrays: { type: "array", items: { type: "integer" }, uniqueItems: true, minItems: 1 },
  tuples: { type: "array", items: [{ type: "integer" }, { type: "string" }], additionalItems: false },
  contains: { type: "array", contains: { const: "a" } },
  "one of": { oneOf: [{ type: "integer" }, { minimum: 1 }] },
  "any of": { anyOf: [{ type: "string", minLength: 2 }, { type: "boolean" }] },
  "all of and not": { allOf: [{ not: { type: "null" } }, { not: { type: "array" } }] },
  "if, then, else": {
    if: { properties: { kind: { const: "x" } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ["a"] },
    else: { required: ["b"] },
  },
  recursion: {
    $ref: "#/definitions/Node",
    definitions: { Node: { type: "object", properties: { next: { $ref: "#/definitions/Node" } } } },
  },
  "words of later drafts, which mean nothing": {
    prefixItems: [{ type: "string" }],
    dependentRequired: { a: ["b"] },
    unevaluatedProperties: false,
  },
  ...Object.fromEntries(
    [
      "date",
      "time",
      "date-time",
      "email",
      "uri",
      "ipv4",
      "ipv6",
      "hostname",
      "uuid",
      "byte",
      "duration",
      "json-pointer",
      "int32",
      "int64",
      "double",
      "password",
      "binary",
    ].map((format) => [`format ${format}`, { format }]),
  ),
};

describe("a compiled schema gives the verdicts of JSON Schema draft-07 on", () => {
  for (const [promise, schema] of Object.entries(schemas)) {
    it(promise, () => {
      const reference = ajv.compile(schema);
      const ours = validatorFor(schema as { readonly [keyword: string]: unknown });
      const verdicts = values.map((value) => `${JSON.stringify(value)}: ${ours.check(value)}`);
      expect(verdicts).toEqual(values.map((value) => `${JSON.stringify(value)}: ${reference(value)}`));
    });
  }
});

describe("a compiled schema", () => {
  it("puts nullable and boolean exclusive limits in the words of draft-07", () => {
    const nullable = validatorFor({ type: "string", nullable: true });
    expect([nullable.check(null), nullable.check("a"), nullable.check(1)]).toEqual([true, true, false]);
    const positive = validatorFor({ type: "number", minimum: 0, exclusiveMinimum: true });
    expect([positive.check(0), positive.check(0.1)]).toEqual([false, true]);
  });

  it("keeps the definitions of schemas that are used in one another apart", () => {
    const tree = {
      $ref: "#/definitions/Self",
      definitions: { Self: { properties: { left: { $ref: "#/definitions/Self" }, v: { type: "string" } } } },
    };
    const list = {
      $ref: "#/definitions/Self",
      definitions: { Self: { properties: { next: { $ref: "#/definitions/Self" }, v: { type: "number" } } } },
    };
    const both = validatorFor({ type: "object", properties: { tree, list } });
    expect(both.check({ tree: { left: { v: "a" } }, list: { next: { v: 1 } } })).toBe(true);
    expect(both.check({ tree: { left: { v: 1 } } })).toBe(false);
    expect(both.check({ list: { next: { v: "a" } } })).toBe(false);
  });

  it("takes patterns that are only valid without the flag u", () => {
    const pattern = validatorFor({ type: "string", pattern: "^[\\w-.]+$" });
    expect([pattern.check("a-b.c"), pattern.check("a b")]).toEqual([true, false]);
  });

  it("says where, what and why", () => {
    const order = validatorFor({
      type: "object",
      required: ["id"],
      properties: { lines: { items: { type: "integer" } } },
      additionalProperties: false,
    });
    expect(order.explain({ id: 1 })).toMatchObject({ reason: 'must not have "id"' });
    expect(order.explain({ lines: [1, "x"] })).toMatchObject({ reason: 'must have "id"', value: "an object" });
    const kind = validatorFor({ properties: { kind: { enum: ["a", "b"] } } });
    expect(kind.explain({ kind: "c" })).toEqual({ pointer: "/kind", value: '"c"', reason: 'must be one of "a", "b"' });
  });

  it("shows no secret, wherever the mark stands", () => {
    const schemas = [
      { properties: { pin: { type: "integer", "x-secret": true } } },
      { properties: { pin: { format: "password", allOf: [{ type: "integer" }] } } },
      { "x-secret": true, properties: { pin: { type: "integer" } } },
      {
        properties: { pin: { $ref: "#/definitions/Pin" } },
        definitions: { Pin: { type: "integer", "x-secret": true } },
      },
    ];
    for (const schema of schemas) {
      expect(validatorFor(schema).explain({ pin: "1234" })).toMatchObject({ pointer: "/pin", value: "a secret" });
    }
  });
});
