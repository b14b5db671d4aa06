import { describe, expect, it } from "vitest";
import type { SchemaNode } from "../../../generator/src/contract/contract.js";
import { diffContracts } from "../../../generator/src/diff/contracts.js";
import { carrying } from "./contract-of.js";

type Verdict = "same" | "breaking" | "compatible" | "unknown";

const object = (properties: { [name: string]: SchemaNode }, more: object = {}): SchemaNode => ({
  type: "object",
  properties,
  ...more,
});
const text: SchemaNode = { type: "string" };
const card = object({ kind: { const: "card" }, number: text }, { required: ["kind"] });
const cash = object({ kind: { const: "cash" } }, { required: ["kind"] });
const iban = object({ kind: { const: "iban" } }, { required: ["kind"] });

// [what happens, old, new, for a message that is received, for one that is sent]
const cases: readonly (readonly [string, SchemaNode, SchemaNode, Verdict, Verdict])[] = [
  [
    "integers above 0 become integers from 1",
    { type: "integer", exclusiveMinimum: 0 },
    { type: "integer", minimum: 1 },
    "same",
    "same",
  ],
  [
    "integers below 10 become integers to 9",
    { type: "integer", exclusiveMaximum: 10 },
    { type: "integer", maximum: 9 },
    "same",
    "same",
  ],
  [
    "integers from 0.5 become integers from 1",
    { type: "integer", minimum: 0.5 },
    { type: "integer", minimum: 1 },
    "same",
    "same",
  ],
  [
    "numbers above 0 become numbers from 1",
    { type: "number", exclusiveMinimum: 0 },
    { type: "number", minimum: 1 },
    "breaking",
    "compatible",
  ],
  ["a boolean becomes one of true and false", { type: "boolean" }, { enum: [true, false] }, "same", "same"],
  ["a boolean becomes true", { type: "boolean" }, { type: "boolean", enum: [true] }, "breaking", "compatible"],
  ["null becomes one of null", { type: "null" }, { enum: [null] }, "same", "same"],
  [
    "multiples of 0.3 become multiples of 0.1",
    { type: "number", multipleOf: 0.3 },
    { type: "number", multipleOf: 0.1 },
    "compatible",
    "breaking",
  ],
  ["nothing", object({ a: text }), object({ a: text }), "same", "same"],
  [
    "titles, descriptions and examples",
    text,
    { ...text, title: "T", description: "d", examples: ["x"] },
    "same",
    "same",
  ],
  ["an optional field is added", object({ a: text }), object({ a: text, b: text }), "compatible", "compatible"],
  ["an optional field is removed", object({ a: text, b: text }), object({ a: text }), "compatible", "compatible"],
  [
    "an optional field is added to a closed object",
    object({ a: text }, { additionalProperties: false }),
    object({ a: text, b: text }, { additionalProperties: false }),
    "compatible",
    "breaking",
  ],
  [
    "an optional field is removed from a closed object",
    object({ a: text, b: text }, { additionalProperties: false }),
    object({ a: text }, { additionalProperties: false }),
    "breaking",
    "compatible",
  ],
  ["a required field is added", object({}), object({ a: text }, { required: ["a"] }), "breaking", "compatible"],
  [
    "a field is no longer required",
    object({ a: text }, { required: ["a"] }),
    object({ a: text }),
    "compatible",
    "breaking",
  ],
  ["an object is closed", object({}), object({}, { additionalProperties: false }), "breaking", "compatible"],
  ["other fields get a type", object({}), object({}, { additionalProperties: text }), "breaking", "compatible"],
  ["an enum value is added", { enum: ["a"] }, { enum: ["a", "b"] }, "compatible", "breaking"],
  ["an enum value is removed", { enum: ["a", "b"] }, { enum: ["b"] }, "breaking", "compatible"],
  ["a const becomes an enum with it", { const: "a" }, { enum: ["a", "b"] }, "compatible", "breaking"],
  ["an enum becomes a string", { enum: ["a"] }, text, "compatible", "breaking"],
  ["an enum keeps within new limits", { enum: [1, 2] }, { type: "integer", minimum: 1 }, "compatible", "breaking"],
  ["an integer becomes a number", { type: "integer" }, { type: "number" }, "compatible", "breaking"],
  ["a string becomes an integer", text, { type: "integer" }, "breaking", "breaking"],
  ["null is allowed", text, { type: ["string", "null"] }, "compatible", "breaking"],
  ["null is allowed, written as a union", text, { oneOf: [text, { type: "null" }] }, "compatible", "breaking"],
  [
    "a union of types is written as a list",
    { anyOf: [text, { type: "null" }] },
    { type: ["null", "string"] },
    "same",
    "same",
  ],
  ["a minimum rises", { type: "integer", minimum: 1 }, { type: "integer", minimum: 2 }, "breaking", "compatible"],
  [
    "a maximum falls",
    { type: "integer", maximum: 9 },
    { type: "integer", exclusiveMaximum: 9 },
    "breaking",
    "compatible",
  ],
  [
    "a step gets finer",
    { type: "number", multipleOf: 10 },
    { type: "number", multipleOf: 5 },
    "compatible",
    "breaking",
  ],
  [
    "a string may be longer",
    { type: "string", maxLength: 5 },
    { type: "string", maxLength: 6 },
    "compatible",
    "breaking",
  ],
  ["a pattern is added", text, { type: "string", pattern: "^a" }, "breaking", "compatible"],
  ["a pattern is replaced", { type: "string", pattern: "^a" }, { type: "string", pattern: "^b" }, "unknown", "unknown"],
  ["a format is added", text, { type: "string", format: "uuid" }, "breaking", "compatible"],
  [
    "int32 becomes int64",
    { type: "integer", format: "int32" },
    { type: "integer", format: "int64" },
    "compatible",
    "unknown",
  ],
  ["more items are allowed", { type: "array", maxItems: 1 }, { type: "array", maxItems: 2 }, "compatible", "breaking"],
  ["items change", { type: "array", items: text }, { type: "array", items: { enum: ["a"] } }, "breaking", "compatible"],
  [
    "a tuple's item widens",
    { type: "array", items: [text] },
    { type: "array", items: [{ type: ["string", "number"] }] },
    "compatible",
    "breaking",
  ],
  ["a union member is added", { oneOf: [card, cash] }, { oneOf: [card, cash, iban] }, "compatible", "breaking"],
  [
    "a member of a oneOf comes that takes values from another one",
    { oneOf: [text, { type: "integer" }] },
    { oneOf: [text, { type: "integer" }, { type: "number" }] },
    "unknown",
    "breaking",
  ],
  [
    "a member of an anyOf comes that another one is a part of",
    { anyOf: [text, { type: "integer" }] },
    { anyOf: [text, { type: "integer" }, { type: "number" }] },
    "compatible",
    "breaking",
  ],
  [
    "a member of a oneOf comes with constants that another one has",
    { oneOf: [{ enum: ["a", "b"] }, { type: "integer" }] },
    { oneOf: [{ enum: ["a", "b"] }, { type: "integer" }, { enum: ["b", "c"] }] },
    "unknown",
    "breaking",
  ],
  [
    "a member of a oneOf comes with constants of its own",
    { oneOf: [{ enum: ["a", "b"] }, { type: "integer" }] },
    { oneOf: [{ enum: ["a", "b"] }, { type: "integer" }, { enum: ["c"] }] },
    "compatible",
    "breaking",
  ],
  [
    "a member of a oneOf comes that is an object like another one",
    { oneOf: [card, object({ iban: text })] },
    { oneOf: [card, object({ iban: text }), object({ voucher: text })] },
    "unknown",
    "compatible",
  ],
  [
    "a member of a oneOf comes that has a field which a closed one does not know",
    { oneOf: [card, object({ iban: text }, { additionalProperties: false })] },
    {
      oneOf: [
        card,
        object({ iban: text }, { additionalProperties: false }),
        object({ voucher: text, kind: { const: "voucher" } }, { required: ["voucher", "kind"] }),
      ],
    },
    "compatible",
    "breaking",
  ],
  [
    "a type becomes one of a oneOf whose other member takes the same values",
    { type: "integer" },
    { oneOf: [{ type: "integer" }, { type: "number" }] },
    "unknown",
    "breaking",
  ],
  [
    "a oneOf whose members share values gets one that shares none",
    { oneOf: [{ type: "integer" }, { type: "number" }] },
    { oneOf: [{ type: "integer" }, { type: "number" }, text] },
    "compatible",
    "breaking",
  ],
  ["a union member is removed", { oneOf: [card, cash, iban] }, { oneOf: [card, cash] }, "breaking", "compatible"],
  ["the members of a union change places", { oneOf: [card, cash] }, { oneOf: [cash, card] }, "same", "same"],
  [
    "a member of a union needs more",
    { oneOf: [card, cash] },
    { oneOf: [object({ kind: { const: "card" }, number: text }, { required: ["kind", "number"] }), cash] },
    "breaking",
    "compatible",
  ],
  [
    "what was inherited stands in the object itself",
    { allOf: [object({ a: text }, { required: ["a"] }), object({ b: text })] },
    object({ a: text, b: text }, { required: ["a"] }),
    "same",
    "same",
  ],
  ["a negation is added", text, { type: "string", not: { const: "" } }, "unknown", "compatible"],
  ["a condition changes", { if: text, else: false }, { if: { type: "null" }, else: false }, "unknown", "unknown"],
  [
    "a dependency is added",
    object({ a: text }),
    object({ a: text }, { dependencies: { a: ["b"] } }),
    "unknown",
    "compatible",
  ],
];

describe("a payload that changes", () => {
  for (const [name, old, now, received, sent] of cases) {
    it(`${name}: ${received} where it is received, ${sent} where it is sent`, () => {
      expect(verdict("receive", old, now)).toBe(received);
      expect(verdict("send", old, now)).toBe(sent);
    });
  }

  it("compares recursive types", () => {
    const tree = (leaf: SchemaNode): SchemaNode =>
      object({ leaf, children: { type: "array", items: { $ref: "Tree" } } });
    const version = (leaf: SchemaNode) => carrying("receive", { $ref: "Tree" }, { Tree: tree(leaf) });
    expect(diffContracts(version(text), version(text))).toEqual([]);
    expect(diffContracts(version(text), version({ type: "string", maxLength: 3 }))).toMatchObject([
      {
        level: "breaking",
        code: "length-narrowed",
        what: "Message order, payload `leaf`: maxLength none becomes 3.",
        pointer: "#/components/schemas/Tree/properties/leaf",
        side: "senders",
      },
    ]);
  });

  it("does not take a pair as compatible because it was assumed to be while it was compared", () => {
    const version = (leaf: SchemaNode) =>
      carrying(
        "receive",
        { oneOf: [object({ a: { $ref: "A" } }), { type: "null" }] },
        {
          A: object({ b: { $ref: "B" }, leaf }, { required: ["leaf"] }),
          B: object({ a: { $ref: "A" } }),
        },
      );
    expect(diffContracts(version(text), version({ type: "integer" })).some(({ level }) => level === "breaking")).toBe(
      true,
    );
  });

  it("tells a type that is shared by two fields once", () => {
    const version = (minimum: number) =>
      carrying("receive", object({ a: { $ref: "Money" }, b: { $ref: "Money" } }), {
        Money: { type: "integer", minimum },
      });
    expect(diffContracts(version(0), version(1))).toHaveLength(1);
  });

  it("compares a union that contains itself beside fields of its own", () => {
    const version = (more: SchemaNode[]) =>
      carrying("receive", { $ref: "T" }, { T: object({ a: text }, { oneOf: [{ $ref: "T" }, card, ...more] }) });
    expect(diffContracts(version([]), version([]))).toEqual([]);
    expect(diffContracts(version([cash]), version([]))).toMatchObject([{ code: "union-member-removed" }]);
  });

  it("gives up on schemas that multiply without end", () => {
    const types = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [
        `T${at}`,
        { oneOf: [{ $ref: `T${(at + 1) % 40}` }, object({ [`f${at}`]: { $ref: `T${at}` } })] },
      ]),
    );
    const other = { ...types, T7: { oneOf: [{ $ref: "T8" }, text] } };
    const changes = diffContracts(
      carrying("receive", { $ref: "T0" }, types),
      carrying("receive", { $ref: "T0" }, other),
    );
    expect(changes.length).toBeGreaterThan(0);
  });
});

function verdict(action: "receive" | "send", old: SchemaNode, now: SchemaNode): Verdict {
  const levels = diffContracts(carrying(action, old), carrying(action, now)).map(({ level }) => level);
  return levels[0] ?? "same";
}
