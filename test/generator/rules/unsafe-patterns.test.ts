import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readContracts } from "../../../generator/src/pipeline/read-contracts.js";
import { isUnsafePattern, redosChecker } from "../../../generator/src/rules/patterns/unsafe-pattern.js";
import { corpus, documents, isThere } from "../../support/corpus.js";
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
    "^(a|a?)+$",
    "^(.*a){20}$",
    "(.*,){11}P",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "^(\\w+\\s?)*$",
    "^(([0-9a-zA-Z])+([-\\w]*[0-9a-zA-Z])*)+$",
    "^(\\d|\\w|x)+$",
    "^((a*)*)*$",
    "^(a?){30}a{30}$",
    "^(?:(?:a|b)*|c)*$",
    "(?=(a+)+$)b",
    "^(\\p{L}+)+$",
    "^(?<word>[a-z]+)+$",
    "^(a+){3}(a+){3}(a+){3}$",
    "^a*a*a*a*a*a*a*a*a*$",
    "^(a?b?)*$",
    "^(ab|a|b)+$",
    "^(aa|aaa)+$",
    "^(a{2,})+$",
    `^${"a?".repeat(40)}b`,
  ])("unsafe: %s", (pattern) => expect(isUnsafePattern(pattern, 50)).toBe(true));

  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  const number = "(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)";
  const currencies = Array.from({ length: 170 }, (_, at) => `C${String.fromCharCode(65 + (at % 26), 65 + at / 26)}`);
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
    `^\\d+\\.\\d+\\.\\d+(?:-(${number}(?:\\.${number})*))?(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?$`,
    `^[a-zA-Z0-9.!#$%&'*+/=?^_{|}~-]+@${label}(?:\\.${label})*$`,
    `^(?:${label}\\.)+${label}$`,
    "^P(?!$)(\\d+Y)?(\\d+M)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+S)?)?$",
    "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "^(/([^~/]|~[01])*)*$",
    "^(\\d+(-\\d+)?)(,\\d+(-\\d+)?)*$",
    "^[^\\s]+(\\s+[^\\s]+)*$",
    "^https?://[\\w.-]+(:\\d+)?(/[\\w./-]*)?(\\?[^#]*)?(#.*)?$",
    "^(?=.*\\d)(?=.*[a-z])(?=.*[A-Z]).{8,}$",
    `^(${currencies.join("|")})(,(${currencies.join("|")}))*$`,
  ])("safe: %s", (pattern) => expect(isUnsafePattern(pattern, 100)).toBe(false));
});

test("judging patterns comes to an end, however many there are and however large", { timeout: 300_000 }, () => {
  const isUnsafe = redosChecker(100);
  const nested = (open: string, close: string) => open.repeat(2_000) + close.repeat(2_000);
  const large = ["[a-z]*".repeat(500), `(?:${"[a-z]?".repeat(500)})*`, nested("(a|", "a)"), nested("(", "a)+")];
  expect(large.map(isUnsafe)).toEqual([true, true, true, true]);
  for (let at = 0; at < 20_000; at++) isUnsafe(`^(?:(?:[a-z]${at}|x[0-9]*)+-)*$`);
  // What one document may cost is spent: from here on patterns count as unsafe without being looked at.
  expect([isUnsafe("^harmless$"), isUnsafePattern("^harmless$", 100)]).toEqual([true, false]);
});

test.skipIf(!isThere)("no real document has a pattern that counts as unsafe", { timeout: 120_000 }, async () => {
  const inputs = documents
    .filter((one) => one.verdict === "ok")
    .map(({ file }) => ({ path: file, service: "service" }));
  const warned: unknown[] = [];
  for (const input of inputs) {
    const { diagnostics } = await readContracts([input], { cwd: corpus, rulesFound: () => [] });
    warned.push(...diagnostics.filter((one) => one.code === "unsafe-pattern"));
  }
  expect(warned).toEqual([]);
});
