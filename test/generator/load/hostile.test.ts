import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type ReadResult, readContracts } from "../../../generator/src/pipeline/read-contracts.js";

const cwd = mkdtempSync(join(tmpdir(), "sagaspec-hostile-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const head = "asyncapi: 3.0.0\ninfo: { title: T, version: 1.0.0 }\n";
const json = { asyncapi: "3.0.0", info: { title: "T", version: "1.0.0" } };

/** Reads a text as a document, with the official rules on unless told otherwise. */
async function read(text: string, { name = "document.yaml", rules = false } = {}): Promise<ReadResult> {
  writeFileSync(join(cwd, name), text);
  return readContracts([{ path: name }], { cwd, rulesFound: () => (rules ? undefined : []) });
}

/** `code line:column` of every error. */
function faults({ diagnostics }: ReadResult): string[] {
  return diagnostics.filter((one) => one.severity === "error").map((one) => `${one.code} ${one.line}:${one.column}`);
}

describe("texts that are no documents", () => {
  test.each([
    ["nothing", "", "empty-document 1:1"],
    ["a list", "- 1", "not-an-object 1:1"],
    ["a word", "hello", "not-an-object 1:1"],
    ["another format", "openapi: 3.0.0", "not-asyncapi 1:1"],
    ["an old version", "asyncapi: 1.2.0", "unsupported-version 1:1"],
    ["a null byte", "asyncapi: 3.0.0\0", "unsupported-version 1:1"],
    ["a tab", "asyncapi: 3.0.0\n\tinfo: 1", "invalid-yaml 2:1"],
    ["a key given twice", `${head}info: { title: X, version: 2.0.0 }`, "duplicate-key 3:1"],
  ])("%s", async (_, text, fault) => {
    expect(faults(await read(text))).toEqual([fault]);
  });

  test("broken JSON is reported where it breaks", async () => {
    expect(faults(await read('{"asyncapi": "3.0.0",\n "info"', { name: "broken.json" }))[0]).toMatch(
      /^invalid-yaml 2:/,
    );
  });

  test("files that are not there, are folders, or cannot be named", async () => {
    mkdirSync(join(cwd, "folder.yaml"));
    const paths = ["missing.yaml", "folder.yaml", "\0.yaml", "/dev/zero"].map((path) => ({ path }));
    const { diagnostics } = await readContracts(paths, { cwd });
    expect(diagnostics.map((one) => one.code)).toEqual([
      "file-not-found",
      "not-a-file",
      "unreadable-file",
      "not-a-file",
    ]);
  });
});

describe("documents made to harm", () => {
  test("aliases that multiply are refused", async () => {
    const lines = Array.from({ length: 12 }, (_, n) =>
      n === 0
        ? "  a0: &a0 [x, x, x]"
        : `  a${n}: &a${n} [${Array(10)
            .fill(`*a${n - 1}`)
            .join(", ")}]`,
    );
    expect(faults(await read(`${head}x-bomb:\n${lines.join("\n")}`))).toEqual(["too-many-aliases 1:1"]);
  });

  test("an alias that contains itself is refused", async () => {
    expect(faults(await read(`${head}x-a: &a\n  b: *a`))).toEqual(["too-deep 1:1"]);
  });

  test("a hundred thousand levels are refused", async () => {
    const levels = "[".repeat(100_000) + "]".repeat(100_000);
    expect(faults(await read(`${head}x-a: ${levels}`))).toEqual(["too-deep 1:1"]);
    const text = `${JSON.stringify(json).slice(0, -1)},"x-a":${levels}}`;
    expect(faults(await read(text, { name: "deep.json" }))).toEqual(["too-deep 1:1"]);
  });

  test("references in a circle are reported where they stand", async () => {
    const text = `${head}components:\n  schemas:\n    A: { $ref: "#/components/schemas/B" }\n    B: { $ref: "#/components/schemas/A" }`;
    expect(faults(await read(text))).toEqual(["circular-reference 5:5", "circular-reference 6:5"]);
    expect(faults(await read(`${head}channels: { $ref: "document.yaml#/channels" }`))).toEqual([
      "circular-reference 3:1",
    ]);
  });

  test("references that multiply cost no more than they are long, and the rules are not asked", async () => {
    const properties = (n: number) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, p) => [`p${p}`, { $ref: `#/components/schemas/S${n + 1}` }]));
    const schemas = Object.fromEntries(
      Array.from({ length: 25 }, (_, n) => [`S${n}`, { type: "object", properties: properties(n) }]),
    );
    const text = JSON.stringify({
      ...json,
      channels: {},
      components: { schemas: { ...schemas, S25: { type: "string" } } },
    });
    const result = await read(text, { name: "multiply.json", rules: true });
    expect(result.contracts[0]?.types).toHaveLength(26);
    expect(result.diagnostics.map((one) => one.code)).toContain("rules-skipped");
  });

  test("a chain of thousands of schemas is read", async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 5000 }, (_, n) => [
        `S${n}`,
        { type: "object", properties: { next: { $ref: `#/components/schemas/S${(n + 1) % 5000}` } } },
      ]),
    );
    const result = await read(JSON.stringify({ ...json, components: { schemas } }), { name: "chain.json" });
    expect(result.contracts[0]?.types).toHaveLength(5000);
  });

  test("names of object members are data like any other", async () => {
    const schema = "{ type: object, properties: { __proto__: { type: string }, constructor: { type: number } } }";
    const result = await read(
      `${head}components: { schemas: { __proto__: ${schema}, constructor: { type: string }, toString: { type: string } } }`,
    );
    expect(result.contracts[0]?.types.map((type) => type.name)).toEqual(["Proto", "Constructor", "ToString"]);
    const [proto] = result.contracts[0]?.types ?? [];
    expect(JSON.stringify(proto?.schema)).toContain(
      '"properties":{"__proto__":{"type":"string"},"constructor":{"type":"number"}}',
    );
    expect(({} as Record<string, unknown>).type).toBeUndefined();
  });

  test("absolute paths, other schemes and other hosts are not followed", async () => {
    const refs = ["/etc/passwd", "file:///etc/passwd", "https://example.com/a.yaml", "./", "./x\\0.yaml"];
    const lines = refs.map((ref, n) => `    S${n}: { $ref: "${ref}" }`).join("\n");
    const { diagnostics } = await read(`${head}components:\n  schemas:\n${lines}`);
    expect(diagnostics.filter((one) => one.severity === "error").map((one) => one.code)).toEqual([
      "forbidden-reference",
      "forbidden-reference",
      "remote-reference",
      "not-a-file",
      "unreadable-file",
    ]);
  });

  test("no name leads out of a folder", async () => {
    mkdirSync(join(cwd, ".. up"), { recursive: true });
    writeFileSync(
      join(cwd, ".. up", "... .yaml"),
      "components: { schemas: { '../../x': { type: object, properties: { '../y': { type: string } } } } }",
    );
    const text = `${head}components: { schemas: { A: { $ref: ".. up/... .yaml#/components/schemas/..~1..~1x" }, "../../z": { type: string } } }`;
    const [contract] = (await read(text, { name: "..escape...yaml" })).contracts;
    expect(contract?.service).toBe("escape");
    expect(contract?.types.map((type) => [type.name, type.module])).toEqual([
      ["X", "shared/up"],
      ["Z", undefined],
    ]);
  });

  test("wrong values at every place are diagnostics, not exceptions", async () => {
    const places = ["info", "servers", "channels", "operations", "components", "defaultContentType", "tags"];
    const wrong = [
      null,
      5,
      "x",
      [],
      [1],
      { a: null },
      { a: 5 },
      { a: { b: [null] } },
      { $ref: 5 },
      { $ref: "#/nowhere" },
    ];
    for (const place of places) {
      for (const value of wrong) {
        const result = await read(JSON.stringify({ ...json, [place]: value }), { name: "wrong.json" });
        expect(result.documents).toHaveLength(1);
      }
    }
    const message = { payload: 5, headers: [1], examples: 4, correlationId: 4, tags: [1], traits: 5, bindings: 3 };
    const schema = { properties: 4, items: 3, oneOf: 4, allOf: {}, enum: 4, required: "x", type: [], const: null };
    const result = await read(
      JSON.stringify({ ...json, components: { messages: { a: 1, message }, schemas: { a: 5, schema } } }),
      { name: "wrong.json" },
    );
    expect(faults(result).every((one) => one.startsWith("invalid-schema"))).toBe(true);
  });
});
