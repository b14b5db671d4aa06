import { describe, expect, test } from "vitest";
import { convertAvro } from "../../../generator/src/load/official/avro.js";
import { typeOf } from "../../support/contracts/read.js";
import { contractOf, findings, head, readFiles } from "../../support/contracts/read-files.js";

describe("Avro schemas", () => {
  test("a record that contains itself refers to itself", () => {
    const tree = {
      type: "record",
      name: "Tree",
      namespace: "com.example",
      fields: [
        { name: "value", type: "long" },
        { name: "next", type: ["null", "Tree"], default: null },
        { name: "children", type: { type: "array", items: "com.example.Tree" }, default: [] },
      ],
    };
    expect(convertAvro(tree)).toEqual({
      type: "object",
      properties: {
        value: { type: "integer", format: "int64", minimum: -(2 ** 63), maximum: 2 ** 63 },
        next: { oneOf: [{ $ref: "#" }, { type: "null" }], default: null },
        children: { type: "array", items: { $ref: "#" }, default: [] },
      },
      required: ["value"],
    });
  });

  test("a type that is used again is a definition; one that is not stays where it is", () => {
    const order = {
      type: "record",
      name: "Order",
      fields: [
        { name: "ship", type: { type: "record", name: "Address", fields: [{ name: "city", type: "string" }] } },
        { name: "bill", type: "Address", doc: "Who pays." },
        { name: "state", type: { type: "enum", name: "State", symbols: ["OPEN", "DONE"], default: "OPEN" } },
      ],
    };
    expect(convertAvro(order)).toEqual({
      type: "object",
      properties: {
        ship: { $ref: "#/definitions/Address" },
        bill: { allOf: [{ $ref: "#/definitions/Address" }], description: "Who pays." },
        state: { type: "string", enum: ["OPEN", "DONE"], default: "OPEN" },
      },
      required: ["ship", "bill", "state"],
      definitions: {
        Address: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      },
    });
  });

  test("names are looked up in the namespace around them first", () => {
    const id = (namespace: string, size: number) => ({ type: "fixed", name: "Id", namespace, size });
    const schema = convertAvro({
      type: "record",
      name: "a.Pair",
      fields: [
        { name: "mine", type: id("a", 2) },
        { name: "theirs", type: id("b", 4) },
        { name: "again", type: "Id" },
        { name: "other", type: "b.Id" },
      ],
    }) as { properties: object; definitions: object };
    expect(schema.properties).toMatchObject({
      again: { $ref: "#/definitions/a.Id" },
      other: { $ref: "#/definitions/b.Id" },
    });
    expect(schema.definitions).toMatchObject({ "a.Id": { maxLength: 2 }, "b.Id": { maxLength: 4 } });
  });

  test.each([
    [["null", "string"], { oneOf: [{ type: "string" }, { type: "null" }] }],
    [
      { type: "string", logicalType: "uuid", aliases: ["x"] },
      { type: "string", format: "uuid" },
    ],
    [
      { type: "int", logicalType: "date" },
      { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
    ],
    [{ type: { type: "double", maximum: 3 } }, { type: "number", format: "double", maximum: 3 }],
    [
      { type: "boolean", example: "true" },
      { type: "boolean", examples: [true] },
    ],
    [{ type: "map", values: "bytes" }, { additionalProperties: { type: "string" } }],
    [["int", "double"], { anyOf: [{ type: "integer" }, { type: "number" }] }],
  ])("%j", (avro, schema) => {
    expect(convertAvro(avro)).toMatchObject(schema);
  });

  test.each([["Unknown"], [{ type: "record", name: "A" }], [{ type: "record", fields: [] }], [5], [{ type: "uuid" }]])(
    "%j is left to the official reader",
    (avro) => expect(convertAvro(avro)).toBeUndefined(),
  );

  test("give types with names, whatever order they refer to one another in", async () => {
    const avro = JSON.stringify({
      type: "record",
      name: "Node",
      fields: [
        { name: "left", type: ["null", "Node"], default: null },
        { name: "tag", type: { type: "enum", name: "Tag", symbols: ["A", "B"] } },
        { name: "old", type: ["null", "Tag"], default: null },
      ],
    });
    const text = `${head}components:
  messages:
    grown: { payload: { schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: { $ref: ./node.avsc } } }
`;
    const result = await readFiles({ "document.yaml": text, "node.avsc": avro }, { rules: true });
    expect(findings(result)).toEqual(["warning no-operations 1:1"]);
    const contract = contractOf(result);
    expect(contract.types.map((type) => type.name).sort()).toEqual(["Node", "Tag"]);
    expect(typeOf(contract, "Node").schema).toMatchObject({
      properties: {
        left: { oneOf: [{ $ref: "Node" }, { type: "null" }] },
        tag: { $ref: "Tag" },
        old: { oneOf: [{ $ref: "Tag" }, { type: "null" }] },
      },
    });
  });
});
