import { describe, expect, test } from "vitest";
import { feature, typeOf } from "../../support/contracts/read.js";

describe("payloads", () => {
  test("none is no payload, null has no name; every other one has a type with a name", async () => {
    const contract = await feature("payloads");
    expect(contract.messages.map((one) => [one.key, one.payload, one.contentType])).toEqual([
      ["nothing", undefined, "application/json"],
      ["nullBody", { type: "null" }, "application/json"],
      ["word", { $ref: "Word" }, "application/json"],
      ["anything", { $ref: "Anything" }, "application/json"],
      ["list", { $ref: "List" }, "application/json"],
      ["text", { $ref: "Text" }, "text/plain"],
      ["bytes", { $ref: "Bytes" }, "application/octet-stream"],
    ]);
    expect(typeOf(contract, "List").schema).toEqual({ type: "array", items: { $ref: "ListItem" } });
  });
});

describe("schemas", () => {
  test("composition keeps its parts, and inline alternatives are named by what tells them apart", async () => {
    const contract = await feature("schema-composition");
    expect(typeOf(contract, "Payment").schema).toEqual({
      oneOf: [{ $ref: "PaymentCard" }, { $ref: "PaymentBankTransfer" }, { type: "null" }],
    });
    expect(typeOf(contract, "Dog").schema).toEqual({
      allOf: [
        { $ref: "Animal" },
        { type: "object", required: ["bark"], properties: { kind: { const: "dog" }, bark: { $ref: "DogBark" } } },
      ],
    });
    expect(typeOf(contract, "Pet").schema).toMatchObject({
      discriminator: "kind",
      oneOf: [{ $ref: "Cat" }, { $ref: "Dog" }],
    });
    expect(typeOf(contract, "Range").schema).toHaveProperty("dependencies", { to: ["from"] });
    expect(typeOf(contract, "Range").schema).toHaveProperty("then", { required: ["to"] });
  });

  test("a schema may contain itself", async () => {
    const contract = await feature("schema-composition");
    expect(typeOf(contract, "Tree").schema).toEqual({ type: "array", items: { $ref: "Tree" } });
    expect(typeOf(contract, "Animal").schema).toMatchObject({ properties: { parent: { $ref: "Animal" } } });
  });

  test("values keep their constants, formats and maps; long enumerations and objects get names", async () => {
    const contract = await feature("schema-values");
    expect(typeOf(contract, "Values").schema).toMatchObject({
      additionalProperties: false,
      properties: {
        id: { $ref: "Id" },
        version: { const: 2 },
        size: { type: "string", enum: ["s", "m", "l"] },
        country: { $ref: "ValuesCountry" },
        note: { type: ["string", "null"] },
        pair: { type: "array", items: [{ type: "string" }, { $ref: "ValuesPairItem2" }], additionalItems: false },
        count: { type: "integer", format: "int64" },
        labels: { type: "object", additionalProperties: { type: "string" } },
        prices: { patternProperties: { "^[a-z]{3}$": { $ref: "ValuesPricesValue" } } },
        never: false,
        "foo-bar": { $ref: "ValuesFooBar" },
        foo_bar: { $ref: "ValuesFooBar2" },
      },
    });
    expect(typeOf(contract, "Values").origin.pointer).toBe("#/components/schemas/Values");
  });

  test("OpenAPI's nullable, exclusive flags and example become draft-07", async () => {
    expect(typeOf(await feature("schema-openapi"), "Offer").schema).toEqual({
      type: "object",
      required: ["price"],
      properties: {
        price: { type: "number", exclusiveMinimum: 0 },
        until: { type: ["string", "null"], format: "date", examples: ["2026-01-01"] },
        state: { type: ["string", "null"], enum: ["open", "sold", null] },
      },
    });
  });

  test("Avro, Protobuf and RAML are read through their schema parsers", async () => {
    const avro = await feature("schema-avro");
    expect(avro.messages[0]?.schemaFormat).toBe("application/vnd.apache.avro;version=1.9.0");
    expect(typeOf(avro, "User").schema).toMatchObject({
      required: ["name", "address"],
      properties: { address: { $ref: "UserAddress" } },
    });
    const protobuf = await feature("schema-protobuf");
    expect(typeOf(protobuf, "Point").schema).toMatchObject({ properties: { label: { $ref: "PointLabel" } } });
    const raml = await feature("schema-raml");
    expect(typeOf(raml, "Book").schema).toMatchObject({
      required: ["title"],
      properties: { pages: { type: "integer" } },
    });
  });

  test("schemas of other files are shared, and parts of schemas can be referred to", async () => {
    const contract = await feature("references");
    expect(contract.types.map(({ name, module }) => [name, module])).toEqual([
      ["Invoice", undefined],
      ["Paid", "shared/payments"],
      ["Money", "shared/payments"],
      ["Customer", "shared/customer"],
      ["Address", "shared/customer"],
      ["InvoiceLine", undefined],
    ]);
    expect(typeOf(contract, "Invoice").schema).toMatchObject({
      properties: { firstLine: { $ref: "InvoiceLine" }, lines: { items: { $ref: "InvoiceLine" } } },
    });
    expect(typeOf(contract, "Money").origin).toEqual({
      file: "specs/features/parts/payments.yaml",
      pointer: "#/components/schemas/Money",
    });
  });
});
