import { describe, expect, test } from "vitest";
import { typeOf } from "../../support/contracts/read.js";
import { contractOf, findings, head, readFiles } from "../../support/contracts/read-files.js";

const json = '{ "asyncapi": "3.0.0", "info": { "title": "T", "version": "1.0.0" }';

/** What the document's `x-data` holds. */
async function data(text: string | Uint8Array, name = "document.yaml"): Promise<unknown> {
  return contractOf(await readFiles({ [name]: text })).extensions["x-data"];
}

describe("texts of one document", () => {
  test.each([
    ["a date", "2020-01-01", "2020-01-01"],
    ["a time", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00Z"],
    ["words for truth", "[yes, no, on, off, y, True]", ["yes", "no", "on", "off", "y", true]],
    ["numbers", "[010, 0o10, 0x1F, 1_000, 12:30, 1e3]", [10, 8, 31, "1_000", "12:30", 1000]],
    ["a great integer", "123456789012345678901234567890", Number("123456789012345678901234567890")],
    ["tags", "[!own a, !!str 5, !!binary aGk=, !!timestamp 2020-01-01]", ["a", "5", "aGk=", "2020-01-01"]],
    ["sets", "!!set { a, b }", { a: null, b: null }],
    ["merged keys", "{ <<: [{ a: 1, b: 1 }, { b: 2, c: 2 }], c: 3 }", { a: 1, b: 1, c: 3 }],
    ["nothing", "~", null],
  ])("%s", async (_, text, value) => expect(await data(`${head}x-data: ${text}\n`)).toEqual(value));

  test("the same in a document that says it is YAML 1.1", async () => {
    expect(await data(`%YAML 1.1\n---\n${head}x-data: [yes, 010, 2020-01-01]\n`)).toEqual(["yes", 10, "2020-01-01"]);
  });

  test("an example that is a date stays what was written", async () => {
    const text = `${head}components: { schemas: { D: { type: string, format: date, examples: [2020-01-01] } } }\n`;
    const contract = contractOf(await readFiles({ "document.yaml": text }));
    expect(typeOf(contract, "D").schema).toMatchObject({ examples: ["2020-01-01"] });
  });

  const text = `${head}x-data: "é€"\n`;
  test.each([
    ["UTF-8 with a mark", Buffer.from(`\uFEFF${text}`)],
    ["UTF-16, little end first", Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["UTF-16, big end first", Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
    ["UTF-16 without a mark", Buffer.from(text, "utf16le")],
    ["UTF-16 without a mark, big end first", Buffer.from(text, "utf16le").swap16()],
    ["Windows line ends", Buffer.from(text.replaceAll("\n", "\r\n"))],
    ["the marks of a document", Buffer.from(`---\n${text}...\n# the end\n`)],
  ])("%s", async (_, bytes) => expect(await data(bytes)).toBe("é€"));

  test("JSON with a mark", async () => {
    expect(await data(`\uFEFF${json}, "x-data": "a\\"b:c" }`, "document.json")).toBe('a"b:c');
  });
});

describe("texts that are no document give one finding each", () => {
  test.each([
    ["nothing at all", "", "error empty-document 1:1"],
    ["a comment", "# later\n", "error empty-document 1:1"],
    ["an empty document", "---\n...\n", "error empty-document 1:1"],
    ["two documents", `${head}---\n${head}`, "error several-documents 3:1"],
    ["a key given twice, as a number and as a text", `${head}x-data: { 1: a, "1": b }\n`, "error duplicate-key 3:17"],
    ["a number without end", `${head}x-data: .inf\n`, "error not-json 3:9"],
    ["no number", `${head}x-data: { a: .NaN }\n`, "error not-json 3:14"],
    ["a merge of what is no map", `${head}x-data: { <<: 5 }\n`, "error invalid-yaml 1:1"],
    ["an alias of nothing", `${head}x-data: *none\n`, "error invalid-yaml 1:1"],
  ])("%s", async (_, text, finding) => expect(findings(await readFiles({ "document.yaml": text }))).toEqual([finding]));

  test.each([
    ["a key given twice", `${json}, "info": {} }`, "error duplicate-key 1:70"],
    ["a key given twice, deep inside", `${json},\n "x": [{ "a": 1, "a": 1 }] }`, "error duplicate-key 2:18"],
    ["a number without end", `${json},\n "x": 1e999 }`, "error not-json 2:7"],
    ["nothing at all", "", "error empty-document 1:1"],
  ])("JSON: %s", async (_, text, finding) =>
    expect(findings(await readFiles({ "document.json": text }))).toEqual([finding]),
  );
});
