import { describe, expect, test } from "vitest";
import type { NamedType, SchemaNode } from "../../../generator/src/contract/contract.js";
import { emitMessages } from "../../../generator/src/emit/messages.js";
import { emitSchemas } from "../../../generator/src/emit/schemas.js";
import { contractOf, emitOptions, unitOf } from "./contracts.js";

async function printed(schema: SchemaNode, others: Record<string, SchemaNode> = {}, options = {}): Promise<string> {
  const unit = unitOf({ Thing: schema, ...others });
  const text = await emitMessages(unit, emitOptions(options));
  return text.slice(text.indexOf("export"), text.indexOf("\n\n/**", text.indexOf("export") + 1) >>> 0).trim();
}

describe("a schema becomes the type of what it accepts", () => {
  const cases: readonly [string, SchemaNode, string][] = [
    ["anything", true, "unknown"],
    ["nothing", false, "never"],
    ["no keyword", {}, "unknown"],
    ["text", { type: "string" }, "string"],
    ["a number", { type: "integer", minimum: 1 }, "number"],
    ["several types", { type: ["string", "null"] }, "string | null"],
    ["a constant", { const: "a" }, '"a"'],
    ["values", { type: "string", enum: ["a", "b", "a"] }, '"a" | "b"'],
    ["values of several types", { enum: ["a", 1, true, null] }, '"a" | 1 | true | null'],
    ["a list", { type: "array", items: { type: "string" } }, "string[]"],
    ["a list of either", { type: "array", items: { enum: ["a", "b"] } }, '("a" | "b")[]'],
    ["a list of anything", { type: "array" }, "unknown[]"],
    [
      "a tuple",
      { type: "array", items: [{ type: "string" }, { type: "number" }], minItems: 1, additionalItems: false },
      "[string, number?]",
    ],
    [
      "an open tuple",
      { type: "array", items: [{ type: "string" }], minItems: 1, additionalItems: { type: "null" } },
      "[string, ...null[]]",
    ],
    [
      "an object of one kind of member",
      { type: "object", additionalProperties: { type: "number" } },
      "Record<string, number>",
    ],
    ["an object without members", { type: "object", additionalProperties: false }, "Record<string, never>"],
    ["any object", { type: "object" }, "Record<string, unknown>"],
    [
      "a pattern of members",
      { type: "object", patternProperties: { "^x-": { type: "string" } } },
      "Record<string, unknown>",
    ],
    [
      "a closed pattern of members",
      { type: "object", patternProperties: { "^x-": { type: "string" } }, additionalProperties: false },
      "Record<string, string>",
    ],
    ["one of", { oneOf: [{ type: "string" }, { type: "number" }] }, "string | number"],
    ["one of everything", { oneOf: [{ type: "string" }, {}] }, "unknown"],
    [
      "all of",
      { allOf: [{ type: "object", required: ["a"], properties: { a: { type: "string" } } }, { required: ["b"] }] },
      "{ a: string } & { b: unknown }",
    ],
    [
      "members and one of",
      { type: "object", properties: { a: { type: "string" } }, oneOf: [{ required: ["a"] }, { required: ["b"] }] },
      "{ a?: string } & ({ a: unknown } | { b: unknown })",
    ],
    ["a date", { type: "string", format: "date-time" }, "string"],
  ];
  for (const [name, schema, wanted] of cases) {
    test(name, async () => expect(await printed(schema)).toBe(`export type Thing = ${wanted};`));
  }

  test("a union in a union has one bar before each member, also where it does not fit on a line", async () => {
    const names = ["First", "Second", "Third"].map((name) => `${name}${"Of".repeat(20)}Names`);
    const either: SchemaNode = { oneOf: names.map((name) => ({ $ref: name })) };
    const others = Object.fromEntries(names.map((name): [string, SchemaNode] => [name, { type: "string" }]));
    const bars = names.map((name) => `  | ${name}`).join("\n");
    expect(await printed({ anyOf: [either, { type: "null" }] }, others)).toBe(
      `export type Thing =\n${bars}\n  | null;`,
    );
    expect(await printed({ anyOf: [{ type: "null" }, either] }, others)).toBe(
      `export type Thing =\n  | null\n${bars};`,
    );
  });

  test("dates and big integers as the options say", async () => {
    const options = { dateTime: "Date", int64: "bigint" };
    expect(await printed({ type: "string", format: "date-time" }, {}, options)).toBe("export type Thing = Date;");
    expect(await printed({ type: "integer", format: "int64" }, {}, options)).toBe("export type Thing = bigint;");
  });

  test("an object with members is an interface", async () => {
    const schema: SchemaNode = {
      type: "object",
      required: ["id", "loose"],
      properties: {
        id: { type: "integer", minimum: 1, description: "Who." },
        "content-type": { type: "string", deprecated: true },
        __proto__x: {},
        "2nd": { $ref: "Other" },
      },
    };
    expect(await printed(schema, { Other: { type: "string" } })).toBe(`export interface Thing {
  /** Who. At least 1. */
  id: number;
  /** @deprecated */
  "content-type"?: string;
  __proto__x?: unknown;
  "2nd"?: Other;
  loose: unknown;
}`);
  });

  test("an index signature never contradicts the members", async () => {
    const members = { type: "object", required: ["a"], properties: { a: { type: "string" } } } as const;
    const same = await printed({ ...members, additionalProperties: { type: "string" } });
    expect(same).toContain("[key: string]: string;");
    const other = await printed({ ...members, additionalProperties: { type: "number" } });
    expect(other).toContain("[key: string]: unknown;");
  });

  test("a long union has a line for each member", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `a-rather-long-value-${index}`);
    const text = await printed({ enum: names });
    expect(text.split("\n")).toHaveLength(13);
    expect(text).toMatch(/^export type Thing =\n {2}\| "a-rather-long-value-0"\n {2}\| /);
  });
});

describe("hostile text", () => {
  test("cannot leave a comment", async () => {
    const unit = unitOf(
      { Thing: { type: "string", pattern: "*/ evil() /*" } },
      "Ends here */ evil(); /*\u2028evil();\u202e",
    );
    const text = await emitMessages(unit, emitOptions());
    expect(text).not.toContain("*/ evil");
    expect(text).not.toMatch(/[\u2028\u202e]/);
    // One ends the header's `eslint-disable`, one the comment of the type.
    expect(text.match(/\*\//g)).toHaveLength(2);
  });

  test("cannot leave a literal, or change a prototype", async () => {
    const names = ['"; evil(); "', "'\n", "\u2028", "$" + "{evil()}", "`", "\\", "\ud800"];
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}') as SchemaNode;
    const text = emitSchemas(unitOf({ Thing: schema, Names: { enum: names } }), emitOptions());
    expect(text).toContain('["__proto__"]: { type: "string" }');
    const list = /enum: (\[.*?\])(,\n| })/s.exec(text)?.[1] ?? "";
    expect(new Function(`return ${list}`)()).toEqual(names);
  });
});

describe("schemas refer to each other as values", () => {
  test("each after what it mentions", () => {
    const text = emitSchemas(
      unitOf({
        Order: { type: "object", properties: { items: { type: "array", items: { $ref: "Item" } } } },
        Item: { type: "object", properties: { name: { type: "string", description: "Not for validation." } } },
      }),
      emitOptions(),
    );
    expect(text.indexOf("const ItemSchema")).toBeLessThan(text.indexOf("const OrderSchema"));
    expect(text).toContain('items: { type: "array", items: ItemSchema }');
    expect(text).not.toContain("Not for validation");
  });

  test("recursive ones through definitions, which every schema that leads to them carries", () => {
    const text = emitSchemas(
      unitOf({
        Forest: { type: "object", properties: { trees: { type: "array", items: { $ref: "Tree" } } } },
        Tree: { type: "object", properties: { leaves: { type: "array", items: { $ref: "Leaf" } } } },
        Leaf: { type: "object", properties: { tree: { $ref: "Tree" }, size: { $ref: "Size" } } },
        Size: { type: "integer" },
      }),
      emitOptions(),
    );
    expect(text).toContain('tree: { $ref: "#/definitions/Tree" }');
    expect(text).toContain("size: SizeSchema");
    expect(text).toContain("definitions: { Tree: TreeDefinition, Leaf: LeafDefinition }");
    expect(text).toContain(
      'export const TreeSchema: Schema<messages.Tree> = {\n  $ref: "#/definitions/Tree",\n  definitions: { Tree: TreeDefinition, Leaf: LeafDefinition },\n};',
    );
  });
});

test("a type that several documents share is imported from its own folder", async () => {
  const price: NamedType = {
    name: "Price",
    module: "shared/money",
    origin: { file: "money.yaml", pointer: "#/Price" },
    schema: { type: "integer" },
    deprecated: false,
  };
  const contract = contractOf({ Order: { type: "object", properties: { price: { $ref: "Price" } } } }, [price]);
  const unit = unitOf(contract);
  expect(await emitMessages(unit, emitOptions())).toContain(
    'import type { Price } from "../shared/money/messages.js";',
  );
  expect(emitSchemas(unit, emitOptions())).toContain('import { PriceSchema } from "../shared/money/schemas.js";');
});

test("a base that is one of its own kinds keeps its members, and its kinds extend it", async () => {
  const unit = unitOf({
    Pet: { type: "object", required: ["kind"], properties: { kind: { type: "string" } }, oneOf: [{ $ref: "Cat" }] },
    Cat: { allOf: [{ $ref: "Pet" }, { type: "object", properties: { claws: { type: "integer" } } }] },
  });
  const text = await emitMessages(unit, emitOptions());
  expect(text).toContain("export interface Pet {\n  kind: string;\n}");
  expect(text).toContain("export type Cat = Pet & { claws?: number };");
  expect(emitSchemas(unit, emitOptions())).not.toContain("$ref");
});

test("a constant is called as the contract says, so that a type may be called like the schema of another", () => {
  const origin = { file: "specs/example.yaml", pointer: "#/components/schemas/Test" };
  const type = { name: "Test", schemaName: "TestJsonSchema", origin, schema: { type: "string" }, deprecated: false };
  const text = emitSchemas(unitOf(contractOf({ TestSchema: { type: "number" } }, [type])), emitOptions());
  expect(text).toContain("const TestJsonSchema: Schema<messages.Test>");
  expect(text).toContain("const TestSchemaSchema: Schema<messages.TestSchema>");
});
