import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isUnsafePattern } from "../../generator/src/load/unsafe-pattern.js";
import { sagaspec } from "../cli/terminal.js";

const evil = `${"a".repeat(60)}!`;
const keyed = `{ ${evil}: 1 }`;

const version2 = (schema: string, example: string): string => `asyncapi: 2.6.0
info: { title: Evil, version: 1.0.0 }
channels:
  evil:
    publish:
      operationId: evil
      message:
        name: evil
        payload: ${schema}
        examples: [{ payload: ${example} }]
`;

const version3 = (schema: string, example: string): string => `asyncapi: 3.0.0
info: { title: Evil, version: 1.0.0 }
channels:
  evil:
    address: evil
    messages:
      evil:
        payload: ${schema}
        examples: [{ payload: ${example} }]
operations:
  evil: { action: receive, channel: { $ref: "#/channels/evil" } }
`;

const text = (pattern: string): string => `{ type: string, pattern: '${pattern}' }`;

describe("a pattern that takes for ever", () => {
  test.each([
    ["nested quantifiers of 2.6", version2(text("^(a+)+$"), evil)],
    ["an example and a default of the schema", version2(`{ ${text("(a|aa)+$").slice(1, -1)}, default: ${evil} }`, "a")],
    ["nested quantifiers of 3.0", version3(text("^(a+)+$"), evil)],
    ["a name by a pattern", version3("{ type: object, patternProperties: { '^(a|a)*$': { type: number } } }", keyed)],
    ["a long text and many quantifiers", version3(text("^a*a*a*a*b$"), "a".repeat(20_000))],
  ])("does not keep the generator from its end: %s", { timeout: 10_000 }, async (_, document) => {
    const folder = await mkdtemp(join(tmpdir(), "sagaspec-pattern-"));
    await writeFile(join(folder, "evil.yaml"), document);
    const { code, notes } = await sagaspec(folder, "generate", "evil.yaml", "--no-handlers");
    await rm(folder, { recursive: true });
    expect(notes).toMatch(/evil\.yaml:\d+:\d+ warning unsafe-pattern/);
    expect(code).toBe(0);
  });
});

describe("a pattern is", () => {
  test.each([
    "(a+)+$",
    "^(a|aa)+$",
    "(.*)*x",
    "(a)\\1",
    "(x+x+)+y",
    "^(-a*a*)+$",
    "(a?a)*b",
    "((ab?)+)*",
    "(?:a{1,2}){30}",
  ])("unsafe: %s", (pattern) => expect(isUnsafePattern(pattern, 50)).toBe(true));

  test.each([
    "^[a-z]+(-[a-z0-9]+)*$",
    "^([a-z0-9]+\\.)+[a-z]{2,}$",
    "^(foo|bar)*$",
    '^"(\\\\.|[^"\\\\])*"$',
    "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$",
    "^(\\d{1,3}\\.){3}\\d{1,3}$",
    "^(:[0-9a-f]{1,4}){1,7}$",
    "^\\+?[1-9]\\d{1,14}$",
    "[",
  ])("safe: %s", (pattern) => expect(isUnsafePattern(pattern, 100)).toBe(false));
});
