import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type DiagnosticDescription, diagnosticCodes } from "../../../generator/src/contract/diagnostic-codes.js";
import { sagaspec } from "../cli/terminal.js";

const described = Object.entries<DiagnosticDescription>(diagnosticCodes);

/** The documents of an example: each under a comment with its name, or one alone. None where it tells of something else. */
function documentsOf(example: string): [name: string, text: string][] {
  const parts = example.split(/^# (\S+\.yaml)\n/m);
  const named = parts.slice(1).flatMap((name, at) => (at % 2 === 0 ? [[name, parts[at + 2] ?? ""] as const] : []));
  if (named.length > 0) return named.map(([name, text]) => [name, text]);
  return example.endsWith("\n") ? [["shop.yaml", example]] : [];
}

for (const [code, { example }] of described) {
  const documents = documentsOf(example);
  if (documents.length === 0) continue;
  test(`the example of ${code} has that finding`, async () => {
    const cwd = mkdtempSync(join(tmpdir(), "sagaspec-code-"));
    try {
      for (const [name, text] of documents) {
        mkdirSync(dirname(join(cwd, name)), { recursive: true });
        writeFileSync(join(cwd, name), text);
      }
      const { out } = await sagaspec(cwd, "validate", "--json", ...documents.map(([name]) => name));
      const found = (JSON.parse(out).diagnostics as { code: string }[]).map((one) => one.code);
      expect(found).toContain(code);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
}

test("every diagnostic says what it means and what to do, in sentences", () => {
  for (const [code, { meaning, example, cure }] of described) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(meaning, code).toMatch(/^[A-Z`].*\.$/);
    expect(cure, code).toMatch(/^[A-Z`].*\.$/);
    expect(example, code).not.toBe("");
  }
});

test("explain tells what a diagnostic means", async () => {
  const { code, out } = await sagaspec(tmpdir(), "explain", "duplicate-key");
  expect(code).toBe(0);
  expect(out).toContain(diagnosticCodes["duplicate-key"].meaning);
  expect(out).toContain(diagnosticCodes["duplicate-key"].cure);
});
