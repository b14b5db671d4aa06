// RULES.md and the tests name each other, and neither names what is not there.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../support/root.js";

const text = readFileSync(join(root, "RULES.md"), "utf8");

/** `Rule 5`, `Trap 26`, as headings define them. */
const defined = new Set([...text.matchAll(/^### (\w+(?: \d+)?):/gm)].map(([, name]) => name));

const sections = text.split(/^### /m).slice(1);
const references = sections.flatMap((section) => {
  const [rule = ""] = section.split(":");
  return [...section.matchAll(/^- `([^`]+)`: (.+)$/gm)].map(([, path = "", title = ""]) => ({ rule, path, title }));
});

/** Whether a test, or a group of tests, of that file has the title. */
function has(path: string, title: string): boolean {
  const source = readFileSync(join(root, path), "utf8");
  return ['"', "'", "`"].some((quote) => source.includes(`${quote}${title}${quote},`));
}

describe("every rule", () => {
  test("of the mapping, of sagas and stores stands in RULES.md, once", () => {
    const count = (word: string) => [...defined].filter((name) => name?.startsWith(`${word} `)).length;
    expect([count("Mapping"), count("Rule")]).toEqual([20, 22]);
    expect(defined.size).toBe(sections.length);
  });

  test("names the tests that hold it", () => {
    const held = new Set(references.map(({ rule }) => rule));
    expect(sections.map((section) => section.split(":")[0] ?? "").filter((rule) => !held.has(rule))).toEqual([]);
    expect(references.filter(({ path, title }) => !has(path, title))).toEqual([]);
  });
});

test("no test, comment or document cites a rule that RULES.md does not define", () => {
  const files = ["test", "generator/src", "runtime/src", "docs", "examples"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mjs|md)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const cited = [...files, join(root, "README.md"), join(root, "ARCHITECTURE.md")]
    .filter((file) => !file.includes("node_modules"))
    .flatMap((file) => {
      const names = readFileSync(file, "utf8").matchAll(/\b(rule|trap|mapping) (\d+)\b/gi);
      return [...names].map(([, word = "", number]) => {
        const name = `${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()} ${number}`;
        return { file, name };
      });
    });
  expect(cited.filter(({ name }) => !defined.has(name))).toEqual([]);
});
