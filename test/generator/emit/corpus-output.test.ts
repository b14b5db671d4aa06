import { readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blemishes, complaints } from "../../support/compile.js";
import { corpus, documents, isThere } from "../../support/corpus.js";
import { temporaryProject } from "../../support/project.js";
import { type Outcome, sagaspec } from "../cli/terminal.js";

const accepted = documents.filter((one) => one.verdict === "ok");

// The rules are most of the time, and are remembered for every content: only the first run of a machine takes minutes.
describe.skipIf(!isThere)("what the official parser accepts", { timeout: 1_200_000 }, () => {
  const project = temporaryProject();
  let outcome: Outcome;
  let files: readonly string[] = [];
  afterAll(() => project[Symbol.dispose]());

  beforeAll(async () => {
    const paths = accepted.map(({ file }, index) => [`d${index}`, relative(project.path, join(corpus, file))]);
    const config = { documents: Object.fromEntries(paths), handlers: "handlers" };
    writeFileSync(join(project.path, "sagaspec.config.json"), JSON.stringify(config));
    outcome = await sagaspec(project.path, "generate");
    files = readdirSync(project.path, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(project.path, path));
    console.log(`${accepted.length} documents gave ${files.length} files`);
  }, 1_200_000);

  test("is generated, all of it", () => {
    expect(outcome.notes.split("\n").filter((line) => / error /.test(line))).toEqual([]);
    expect(outcome.code).toBe(0);
    const services = new Set(files.map((path) => relative(join(project.path, "generated"), path).split("/")[0]));
    expect(accepted.map((_, index) => `d${index}`).filter((name) => !services.has(name))).toEqual([]);
  });

  test.each(["nodenext", "bundler"] as const)("compiles with every strict flag, resolved as %s does", (resolution) => {
    expect(files.length).toBeGreaterThan(accepted.length);
    expect(complaints(files, resolution)).toEqual([]);
  });

  test("names everything, and gives nothing the type any", () => {
    expect(files.flatMap((file) => blemishes(file).map((one) => `${relative(project.path, file)}: ${one}`))).toEqual(
      [],
    );
  });
});
