import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { blemishes, complaints } from "../../support/compile.js";
import { temporaryProject } from "../../support/project.js";
import { sagaspec } from "../cli/terminal.js";

const project = temporaryProject();
afterAll(() => project[Symbol.dispose]());

test("valid documents of every version, however odd, give code that compiles", { timeout: 240_000 }, async () => {
  cpSync(join(import.meta.dirname, "valid"), join(project.path, "specs"), { recursive: true });
  writeFileSync(join(project.path, "sagaspec.config.json"), '{ "documents": ["specs/*.yaml"] }');
  const { code, out, notes } = await sagaspec(project.path, "generate", "--json");
  const { services = [], diagnostics = [] } = (code < 2 ? JSON.parse(out) : {}) as {
    services?: string[];
    diagnostics?: { severity: string; file: string; message: string; pointer: string }[];
  };
  const errors = diagnostics.filter((one) => one.severity === "error");
  expect(errors.map((one) => `${one.file} ${one.pointer} ${one.message}`)).toEqual([]);
  expect(notes).toBe("");
  expect(services).toHaveLength(readdirSync(join(project.path, "specs")).length);

  const files = readdirSync(project.path, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(project.path, path));
  expect(files.length).toBeGreaterThan(3 * services.length);
  expect(complaints(files, "nodenext")).toEqual([]);
  expect(complaints(files, "bundler")).toEqual([]);
  expect(files.flatMap((file) => blemishes(file).map((one) => `${file}: ${one}`))).toEqual([]);
});
