import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { blemishes, complaints } from "../../support/compile.js";
import { corpus, documents, isThere } from "../../support/corpus.js";
import { temporaryProject } from "../../support/project.js";
import { sagaspec } from "../cli/terminal.js";
import { hostile } from "./hostile-documents.js";

const project = temporaryProject();
afterAll(() => project[Symbol.dispose]());
writeFileSync(join(project.path, "sagaspec.config.json"), '{ "documents": [] }');

/** What one document came to. */
interface Attempt {
  readonly document: string;
  readonly code: number;
  readonly errors: readonly string[];
  /** What must never be: an internal error, a stack, a run that did not come to an end. */
  readonly scandal?: string;
}

/**
 * What counts as a hang. The slowest document takes 20 s on a machine of today: `npm run bench -- generate` measures what
 * is slow, this finds only what would go on and on.
 */
const HANG_SECONDS = 300;

async function attempt(document: string, path: string): Promise<Attempt> {
  const started = performance.now();
  const options = ["--lenient", "--json", "--no-handlers", "--debug", "--out", `out/${encodeURIComponent(document)}`];
  const { code, out, notes } = await sagaspec(project.path, "generate", relative(project.path, path), ...options);
  const seconds = (performance.now() - started) / 1_000;
  const scandal = code === 2 || /\n\s+at /.test(notes) ? notes : seconds > HANG_SECONDS ? `${seconds} s` : undefined;
  const { diagnostics = [] } =
    code === 2 ? {} : (JSON.parse(out) as { diagnostics: { severity: string; code: string }[] });
  const errors = diagnostics.filter((one) => one.severity === "error").map((one) => one.code);
  return { document, code, errors, ...(scandal !== undefined && { scandal }) };
}

const generated = (): readonly string[] =>
  readdirSync(join(project.path, "out"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(project.path, "out", path));

// What leniency cannot mend: there is no document, or it refers to what is not there.
const beyondRules = [
  ...["invalid-yaml", "unsupported-version", "unresolved-reference", "file-not-found", "remote-reference"],
  ...["circular-reference", "duplicate-key"],
];

describe("documents that nobody would sign", { timeout: 900_000 }, () => {
  test.skipIf(!isThere)("most of what breaks rules alone is generated with --lenient", async () => {
    const attempts: Attempt[] = [];
    for (const { file, verdict } of documents) {
      if (verdict !== "ok") attempts.push(await attempt(file, join(corpus, file)));
    }
    const mendable = attempts.filter(({ errors }) => !errors.some((code) => beyondRules.includes(code)));
    const done = mendable.filter(({ code }) => code === 0);
    console.log(
      `${attempts.length} refused documents: ${mendable.length} break rules alone, ${done.length} of them generate`,
    );
    expect(attempts.flatMap(({ document, scandal }) => (scandal === undefined ? [] : [document, scandal]))).toEqual([]);
    expect(done.length / mendable.length).toBeGreaterThan(0.8);
  });

  test.each(Object.entries(hostile))("%s does no harm", async (name, files) => {
    const folder = join(project.path, "in", encodeURIComponent(name));
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const [root = ""] = Object.keys(files);
    const { scandal, code, errors } = await attempt(name, join(folder, root));
    expect(scandal).toBeUndefined();
    expect(code === 0 || errors.length > 0).toBe(true);
  });

  test("odd documents are generated whole", async () => {
    const folder = join(import.meta.dirname, "documents");
    for (const file of readdirSync(folder)) {
      expect(await attempt(file, join(folder, file))).toMatchObject({ code: 0, errors: [] });
    }
  });

  test("whatever was generated compiles, under names that mean something", () => {
    const files = generated();
    expect(files.length).toBeGreaterThan(20);
    expect(complaints(files, "nodenext")).toEqual([]);
    expect(files.flatMap((file) => blemishes(file).map((one) => `${file}: ${one}`))).toEqual([]);
    expect(readdirSync(project.path).sort()).toEqual(["in", "out", "package.json", "sagaspec.config.json"]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});
