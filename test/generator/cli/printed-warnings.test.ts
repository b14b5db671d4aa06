import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Diagnostic } from "../../../generator/src/contract/diagnostic.js";
import { greeter, project, sagaspec } from "./terminal.js";

/** What a first run says of a document, and what the next two say: one with all as it was, one with the output gone. */
async function diagnosticsOf(files: Readonly<Record<string, string>>): Promise<readonly Diagnostic[]> {
  await using folder = await project(files);
  const generate = async (): Promise<readonly Diagnostic[]> => {
    const { out } = await sagaspec(folder.path, "generate", "document.yaml", "--json", "--lenient", "--no-handlers");
    return JSON.parse(out).diagnostics;
  };
  const first = await generate();
  expect(await generate()).toEqual(first);
  const messages = join(folder.path, "generated/document/messages.ts");
  await mkdir(dirname(messages), { recursive: true });
  await writeFile(messages, "");
  expect(await generate()).toEqual(first);
  return first;
}

const withExamples = (examples: string): string =>
  greeter
    .replace("greet: { payload: {", `greet:\n        examples:${examples}\n        payload: {`)
    .replace("} } } }", "} } }");

test("an example that its schema refuses is reported where it stands", async () => {
  const diagnostics = await diagnosticsOf({
    "document.yaml": withExamples("\n          - payload: { name: Ann }\n          - payload: { name: 1 }"),
  });
  expect(diagnostics.filter((one) => one.code === "invalid-example")).toMatchObject([
    { file: "document.yaml", line: 10, column: 13, pointer: "#/channels/commands/messages/greet/examples/1" },
  ]);
});

test("an example in another file is reported there", async () => {
  const diagnostics = await diagnosticsOf({
    "document.yaml": withExamples(' [{ $ref: "examples.yaml#/bad" }]'),
    "examples.yaml": "good: { payload: { name: Ann } }\nbad: { payload: { name: 1 } }\n",
  });
  expect(diagnostics.filter((one) => one.code === "invalid-example")).toMatchObject([
    { file: "examples.yaml", line: 2, column: 1, pointer: "#/bad" },
  ]);
});

test("an example of a trait is reported in the trait", async () => {
  const traited = `${withExamples("").replace("examples:", 'traits: [{ $ref: "#/components/messageTraits/shown" }]')}components:
  messageTraits:
    shown:
      examples: [{ payload: { name: 1 } }]
`;
  expect(
    (await diagnosticsOf({ "document.yaml": traited })).filter((one) => one.code === "invalid-example"),
  ).toMatchObject([{ line: 24, pointer: "#/components/messageTraits/shown/examples/0" }]);
});

const head = "asyncapi: 3.0.0\ninfo: { title: Quiet, version: 1.0.0 }\nchannels: { c: { address: c } }\n";

test.each([
  ["no operations at all", head, 1],
  ["an empty list of them", `${head}operations: {}\n`, 4],
  ["2.x channels without any", "asyncapi: 2.6.0\ninfo: { title: Quiet, version: 1.0.0 }\nchannels: { c: {} }\n", 1],
])("a document without operations is warned of once: %s", async (_, document, line) => {
  const diagnostics = await diagnosticsOf({ "document.yaml": document });
  expect(diagnostics.map((one) => [one.code, one.line])).toEqual([["no-operations", line]]);
});

test("what a plugin reports has its line, and is told", async () => {
  const config = `export default {
  documents: ["document.yaml"],
  plugins: [{
    name: "strict",
    emit: (contracts, { report }) => {
      for (const { operations } of contracts) for (const { id, origin } of operations) {
        report({ severity: "warning", code: "plugin-says", message: id, ...origin });
      }
      return [];
    },
  }],
};
`;
  const diagnostics = await diagnosticsOf({ "document.yaml": greeter, "sagaspec.config.mjs": config });
  expect(diagnostics).toMatchObject([{ code: "plugin-says", message: "document.greet", line: 13, column: 3 }]);
});
