import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { greeter, project, sagaspec } from "./terminal.js";

const violation = greeter.replace("version: 1.0.0", "version: 1");

describe("what the rules find is said again on every run", () => {
  test.each([
    ["a violation", ["validate", "greeter.yaml", "--json"], 1],
    ["a violation that was made a warning", ["validate", "greeter.yaml", "--json", "--lenient"], 0],
    ["a warning of generating", ["generate", "greeter.yaml", "--json", "--lenient", "--dry-run"], 0],
  ])("%s", async (_, argv, code) => {
    await using folder = await project({ "greeter.yaml": violation });
    const first = await sagaspec(folder.path, ...argv);
    expect(first.code).toBe(code);
    expect(JSON.parse(first.out).diagnostics).not.toEqual([]);
    expect(await sagaspec(folder.path, ...argv)).toEqual(first);
    expect(await sagaspec(folder.path, ...argv)).toEqual(first);
  });

  test("also where the output alone has gone", async () => {
    await using folder = await project({ "greeter.yaml": violation });
    const { notes } = await sagaspec(folder.path, "generate", "greeter.yaml", "--lenient");
    await rm(join(folder.path, "generated"), { recursive: true });
    expect((await sagaspec(folder.path, "generate", "greeter.yaml", "--lenient")).notes).toBe(notes);
    expect((await sagaspec(folder.path, "generate", "greeter.yaml", "--lenient")).notes).toBe(notes);
  });

  test("whatever ran before, and only until the document is corrected", async () => {
    await using folder = await project({ "greeter.yaml": violation });
    const lenient = await sagaspec(folder.path, "validate", "greeter.yaml", "--lenient");
    const strict = await sagaspec(folder.path, "validate", "greeter.yaml");
    expect([lenient.code, strict.code]).toEqual([0, 1]);
    expect((await sagaspec(folder.path, "generate", "greeter.yaml", "--lenient")).notes).toContain("warning");
    expect((await sagaspec(folder.path, "validate", "greeter.yaml", "--lenient")).out).toBe(lenient.out);
    await writeFile(join(folder.path, "greeter.yaml"), greeter);
    expect((await sagaspec(folder.path, "validate", "greeter.yaml")).notes).toContain("no problems");
  });
});
