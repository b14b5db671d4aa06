import { expect, test } from "vitest";
import { contractOf, findings, head, readFiles } from "../../support/contracts/read-files.js";

const channels = (message: string): string =>
  `channels: { c: { address: c, messages: { m: { payload: { $ref: "#/components/schemas/S" }${message} } } } }
operations: { o: { action: receive, channel: { $ref: "#/channels/c" } } }\n`;
const document = (schema: string, message = ""): Record<string, string> => ({
  "document.yaml": `${head}${channels(message)}components: { schemas: { S: ${schema}, Other: { type: object, properties: { a: {} } } } }\n`,
});
const link = '{ $ref: "#/components/schemas/Other" }';
const missing = "{ $ref: ./nowhere.yaml }";

test.each([
  [
    "an example of a schema",
    `{ type: object, examples: [${link}, ${missing}] }`,
    { examples: [{ $ref: "#/components/schemas/Other" }, { $ref: "./nowhere.yaml" }] },
  ],
  [
    "a value of an enum",
    `{ enum: [${link}, ${missing}] }`,
    { enum: [{ $ref: "#/components/schemas/Other" }, { $ref: "./nowhere.yaml" }] },
  ],
  ["a constant", `{ const: { at: ${missing} } }`, { const: { at: { $ref: "./nowhere.yaml" } } }],
  ["a default", `{ type: object, default: ${missing} }`, { default: { $ref: "./nowhere.yaml" } }],
])("a $ref in %s is data", async (_, schema, expected) => {
  const read = await readFiles(document(schema), { rules: true });
  expect(findings(read)).toEqual([]);
  expect(contractOf(read).types.find((one) => one.name === "S")?.schema).toMatchObject(expected);
});

test("a $ref in the payload of a message's example is data, wherever it points", async () => {
  const examples = `, examples: [{ payload: ${link} }, { payload: { at: ${missing} }, headers: { of: ${link} } }]`;
  const contract = contractOf(await readFiles(document("{ type: object }", examples)));
  expect(contract.messages[0]?.examples.map((one) => [one.payload, one.headers])).toEqual([
    [{ $ref: "#/components/schemas/Other" }, undefined],
    [{ at: { $ref: "./nowhere.yaml" } }, { of: { $ref: "#/components/schemas/Other" } }],
  ]);
});

test.each(["default", "const", "enum", "example"])("a member that is called %s is none", async (name) => {
  const files = document(`{ type: object, properties: { ${name}: { $ref: "./other.yaml#/A" } } }`);
  const contract = contractOf(
    await readFiles({ ...files, "other.yaml": "A: { type: object, properties: { b: {} } }\n" }),
  );
  expect(contract.types.map((one) => one.name)).toContain("A");
});
