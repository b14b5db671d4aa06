import type { Message, Schema } from "@sagaspec/runtime/codegen";
import { fake } from "@sagaspec/runtime/testing";
import { describe, expect, it } from "vitest";
import { validatorFor } from "../../../runtime/src/contract/schema.js";

const object = (properties: object, more: object = {}): Schema<unknown> => ({ type: "object", properties, ...more });

const schemas: { readonly [what: string]: Schema<unknown> } = {
  strings: { type: "string" },
  "strings of a length": { type: "string", minLength: 30, maxLength: 31 },
  "strings that must not be long": { type: "string", maxLength: 1 },
  integers: { type: "integer", minimum: 5, exclusiveMaximum: 7 },
  "large integers": { type: "integer", format: "int64", minimum: 9_007_199_254_740_000 },
  "numbers between others": { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.001 },
  "multiples of a fraction": { type: "number", multipleOf: 0.01, minimum: 0.1, maximum: 0.3 },
  "integers that are multiples of a fraction": { type: "integer", multipleOf: 1.5, minimum: 4 },
  "negative numbers": { type: "number", maximum: -5 },
  booleans: { type: "boolean" },
  nothing: { type: "null" },
  enums: { enum: ["a", 1, null, { b: 2 }] },
  constants: { const: { a: [1] } },
  "anything at all": {},
  "several types": { type: ["string", "array", "null"], minLength: 2, items: { type: "integer" } },
  "closed objects": object(
    { a: { type: "string" }, b: { type: "integer" } },
    { required: ["b"], additionalProperties: false },
  ),
  "required fields without a schema": object({}, { required: ["__proto__", "constructor"] }),
  records: { type: "object", additionalProperties: { type: "integer" }, minProperties: 3, maxProperties: 4 },
  "fields by pattern": {
    type: "object",
    patternProperties: { "^x-[a-z]{2,4}$": { type: "integer" } },
    additionalProperties: false,
    minProperties: 2,
  },
  "names of a form": {
    type: "object",
    propertyNames: { pattern: "^[A-Z]{3}$" },
    additionalProperties: { type: "boolean" },
    minProperties: 1,
  },
  dependencies: object(
    { card: { type: "string" }, cvc: { type: "integer" } },
    { dependencies: { card: ["cvc"], cvc: { required: ["zip"] } } },
  ),
  arrays: { type: "array", items: { type: "string" }, minItems: 2, maxItems: 3 },
  "arrays without duplicates": { type: "array", items: { enum: [1, 2, 3] }, uniqueItems: true, minItems: 3 },
  tuples: { type: "array", items: [{ type: "string" }, { type: "integer" }], additionalItems: false, minItems: 2 },
  "arrays that contain something": {
    type: "array",
    items: { type: "integer" },
    contains: { minimum: 100, maximum: 100 },
  },
  conjunctions: {
    allOf: [object({ a: { type: "integer", minimum: 3 } }, { required: ["a"] }), object({ a: { maximum: 3 } })],
  },
  unions: {
    oneOf: [
      object({ kind: { const: "a" } }, { required: ["kind"] }),
      object({ kind: { const: "b" } }, { required: ["kind"] }),
    ],
  },
  "unions beside fields": object(
    { a: { type: "string" } },
    { required: ["a"], anyOf: [{ required: ["b"] }, { required: ["c"] }] },
  ),
  negations: { type: "integer", minimum: 0, maximum: 3, not: { enum: [0, 1, 2] } },
  conditions: object(
    { a: { type: "boolean" } },
    { required: ["a"], if: { properties: { a: { const: true } } }, else: { required: ["c"] } },
  ),
  "what is nullable in OpenAPI": { type: "string", nullable: true, minLength: 3 },
  recursion: {
    $ref: "#/definitions/Tree",
    definitions: {
      Tree: object(
        {
          value: { type: "integer" },
          children: {
            type: "array",
            minItems: 1,
            items: { anyOf: [{ $ref: "#/definitions/Tree" }, { type: "null" }] },
          },
        },
        { required: ["value", "children"] },
      ),
    },
  },
  "recursion through the whole": { type: "object", properties: { next: { $ref: "#" } }, required: ["n"] },
};

const formats = [
  "date-time",
  "date",
  "time",
  "duration",
  "uuid",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uri",
  "uri-reference",
  "uri-template",
  "json-pointer",
  "relative-json-pointer",
  "regex",
  "byte",
  "int32",
  "password",
  "ours",
];

const patterns = [
  "^[A-Z]{2}\\d{4,6}$",
  "^(foo|bar)-(?:[a-f0-9]{8})$",
  "^\\+?[1-9]\\d{1,14}$",
  "^(?=.*\\d)[a-z\\d]{4}$",
  "^([ab])-\\1$",
  "^(?<y>\\d{2})/(\\d)\\2$",
  "abc",
  "^[^\\s@]+@[^\\s@]+\\.[a-z]{2,}$",
  "^\\p{Lu}\\w*$",
  "^\\u0041\\x42.\\.\\/[\\]\\-x]$",
  "^$|^a*?b+$",
  "\\bword\\b",
];

describe("fake", () => {
  for (const [what, schema] of [
    ...Object.entries(schemas),
    ...formats.map((format): [string, Schema<unknown>] => [
      `the format ${format}`,
      { type: format === "int32" ? "integer" : "string", format },
    ]),
    ...patterns.map((pattern): [string, Schema<unknown>] => [`the pattern ${pattern}`, { type: "string", pattern }]),
    ["a pattern with a length", { type: "string", pattern: "^[a-z]+$", minLength: 40, maxLength: 60 }] as const,
  ]) {
    it(`makes valid values for ${what}, the same for the same seed`, () => {
      for (let seed = 1; seed <= 25; seed += 1) {
        const value = fake(schema, { seed });
        expect(validatorFor(schema).check(value), JSON.stringify(value)).toBe(true);
        expect(fake(schema, { seed })).toEqual(value);
      }
    });
  }

  it("makes different values for different seeds", () => {
    const seen = new Set(
      Array.from({ length: 50 }, (_, seed) => fake({ type: "integer", maximum: 1e9, minimum: 0 }, { seed })),
    );
    expect(seen.size).toBeGreaterThan(40);
  });

  it("takes examples when asked to", () => {
    const schema = object({ name: { type: "string", examples: ["Pizza"] } }, { required: ["name"] });
    expect(fake(schema, { examples: true })).toEqual({ name: "Pizza" });
    expect(fake(schema)).not.toEqual({ name: "Pizza" });
  });

  it("makes the payload of a message, and nothing for one without", () => {
    const message: Message<number> = { name: "counted", payload: { type: "integer", minimum: 1, maximum: 1 } };
    expect(fake(message)).toBe(1);
    expect(fake<void>({ name: "done" })).toBeUndefined();
  });

  it("says why it cannot make a value", () => {
    expect(() => fake({ name: "order", payload: { type: "integer", not: {} } })).toThrow(
      /^\[invalid-definition\] order: no valid value/,
    );
    const endless: Schema<unknown> = {
      $ref: "#/definitions/A",
      definitions: { A: object({ a: { $ref: "#/definitions/A" } }, { required: ["a"] }) },
    };
    expect(() => fake(endless)).toThrow(/no valid value/);
  });
});
