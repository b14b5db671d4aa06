import { expect, it } from "vitest";
import type { NamedType, SchemaNode } from "../../../generator/src/contract/contract.js";
import { html } from "../../../generator/src/docs/html.js";
import { constraints } from "../../../generator/src/docs/schema/constraints.js";
import { type Field, readFields } from "../../../generator/src/docs/schema/fields.js";
import { SchemaPrinter } from "../../../generator/src/docs/schema/render.js";
import { typeLabel } from "../../../generator/src/docs/schema/type-label.js";

function typesOf(schemas: { readonly [name: string]: SchemaNode }): ReadonlyMap<string, NamedType> {
  const origin = { file: "shop.yaml", pointer: "#" };
  return new Map(Object.entries(schemas).map(([name, schema]) => [name, { name, schema, origin, deprecated: false }]));
}

function read(node: SchemaNode, schemas: { readonly [name: string]: SchemaNode } = {}): Field {
  return readFields(node, { types: typesOf(schemas), budget: { left: 1_000 }, depth: 12 });
}

const paths = (field: Field): readonly string[] => [
  ...(field.named ? [field.path] : []),
  ...field.children.flatMap(paths),
  ...field.choices.flatMap(({ options }) => options.flatMap(paths)),
];

it("lists the fields of named types, of items and of the parts of an allOf in place", () => {
  const field = read(
    { $ref: "Order" },
    {
      Order: {
        allOf: [
          { $ref: "Base" },
          { type: "object", properties: { lines: { type: "array", items: { $ref: "Line" } } } },
        ],
      },
      Base: { type: "object", properties: { id: { type: "integer" } } },
      Line: { type: "object", properties: { dish: { type: "string" } } },
    },
  );
  expect(paths(field)).toEqual(["id", "lines", "lines.dish"]);
});

it("keeps every option of a choice with its own fields", () => {
  const field = read({
    oneOf: [
      { type: "object", properties: { card: { type: "string" } } },
      { type: "object", properties: { iban: { type: "string" } } },
    ],
  });
  expect(field.choices.map(({ keyword, options }) => [keyword, options.length])).toEqual([["oneOf", 2]]);
  expect(paths(field)).toEqual(["card", "iban"]);
});

it("refers to a type that contains itself, instead of following it for ever", () => {
  const tree = { Tree: { type: "object", properties: { left: { $ref: "Tree" }, value: { type: "integer" } } } };
  const field = read({ $ref: "Tree" }, tree);
  expect(field.children.map(({ name, seeType }) => [name, seeType])).toEqual([
    ["left", "Tree"],
    ["value", undefined],
  ]);
});

it("shows maps, tuples and patterns", () => {
  const field = read({
    type: "object",
    properties: { point: { type: "array", items: [{ type: "number" }, { type: "string" }] } },
    patternProperties: { "^x-": { type: "boolean" } },
    additionalProperties: { type: "object", properties: { deep: { type: "null" } } },
  });
  expect(field.children.map(({ name, type }) => [name, type])).toEqual([
    ["point", "[number, string]"],
    ["names like ^x-", "boolean"],
    ["any other property", "object"],
  ]);
  expect(paths(field)).toContain("*.deep");
});

it("prints every type that did not fit in place once, below", () => {
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [
      `Type${i}`,
      { type: "object", properties: { [`field${i}`]: { $ref: `Type${i + 1}` } } } as const,
    ]),
  );
  const types = typesOf({ ...many, Type20: { type: "object", properties: { last: { type: "string" } } } });
  const printer = new SchemaPrinter(types, { fields: 5, open: 1 });
  const page = html`${printer.print({ $ref: "Type0" }, "payload")}${printer.types()}`.text;
  for (let i = 0; i < 20; i++) expect(page).toContain(`>field${i}<`);
  expect(page).toContain(">last<");
  for (const [, id] of page.matchAll(/href="#(type-[^"]+)"/g)) expect(page).toContain(`id="${id}"`);
});

it.each<[string, SchemaNode]>([
  ["string | null", { type: ["string", "null"] }],
  ["Dish[]", { type: "array", items: { $ref: "Dish" } }],
  ["(string | null)[]", { type: "array", items: { type: ["string", "null"] } }],
  ["map of integer", { type: "object", additionalProperties: { type: "integer" } }],
  ['"a"', { const: "a" }],
  ["A | B", { oneOf: [{ $ref: "A" }, { $ref: "B" }] }],
  ["any", true],
  ["never", false],
])("says %s", (label, node) => {
  expect(typeLabel(node)).toBe(label);
});

it("says constraints in words", () => {
  expect(
    constraints({
      minimum: 1,
      maximum: 9,
      exclusiveMaximum: 9,
      minLength: 1,
      minItems: 2,
      maxItems: 2,
      pattern: "^a",
      uniqueItems: true,
      additionalProperties: false,
      required: ["ghost"],
    }),
  ).toEqual([
    "1 to 9",
    "less than 9",
    "at least 1 character",
    "exactly 2 items",
    "matches ^a",
    "items differ",
    "no other properties",
    "requires ghost",
  ]);
});
