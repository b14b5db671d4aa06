import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../generator/src/cli/commands.js";
import { diagnosticCodes } from "../../generator/src/contract/diagnostic-codes.js";
import { extensions } from "../../generator/src/contract/extensions.js";
import { root } from "../support/root.js";

const page = (name: string): string => readFileSync(join(root, "docs/reference", `${name}.md`), "utf8");

describe("the reference", () => {
  let printed = "";

  beforeAll(async () => {
    // Exits with 1 where an exported name or an option has no description.
    const script = ["--conditions=@sagaspec/source", "--import", "tsx", "scripts/reference.ts"];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, script, { cwd: root });
    printed = stdout + stderr;
  });

  test("finds a description of every exported name", () => {
    expect(printed).not.toMatch(/warning|error/);
  });

  test("has the entries that programs import, by the names that they import", () => {
    expect(page("@sagaspec/runtime")).toContain("### createSagaRunner()");
    expect(page("@sagaspec/runtime/amqp")).toContain("### createAmqpTransport()");
    expect(page("@sagaspec/runtime/testing")).toContain("### simulate()");
    expect(page("@sagaspec/cli")).toContain("### Config");
  });

  test("has every command with its options, every extension and every diagnostic", async () => {
    const said = page("commands");
    for (const [name, [, load]] of Object.entries(commands)) {
      expect(said).toContain(`\n## ${name}\n`);
      for (const option of Object.keys((await load()).command.options)) expect(said).toContain(`\`--${option}`);
    }
    for (const name of Object.keys(extensions)) expect(page("extensions")).toContain(`x-${name}: `);
    for (const code of Object.keys(diagnosticCodes)) expect(page("diagnostics")).toContain(`\n## ${code}\n`);
  });
});
