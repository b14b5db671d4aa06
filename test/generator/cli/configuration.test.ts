import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../generator/src/config/load-config.js";
import { temporaryProject } from "../../support/project.js";

describe("a configuration", { timeout: 120_000 }, () => {
  it("of JSON without documents is told how to name them, in JSON", async () => {
    for (const text of ["{}", "[]", "1"]) {
      using project = temporaryProject();
      writeFileSync(join(project.path, "sagaspec.config.json"), text);
      await expect(loadConfig(project.path)).rejects.toThrow(
        'holds no configuration; write: { "documents": ["specs/*.yaml"] }',
      );
    }
  });

  it("may hold an enum, import ./x.js for x.ts, and be without this package at hand", async () => {
    using project = temporaryProject();
    mkdirSync(join(project.path, "lib"));
    writeFileSync(join(project.path, "lib/x.ts"), 'export enum Folder { Specs = "specs" }\n');
    const text =
      'import { defineConfig } from "@sagaspec/cli";\nimport { Folder } from "./lib/x.js";\nexport default defineConfig({ documents: [Folder.Specs + "/*.yaml"] });\n';
    writeFileSync(join(project.path, "sagaspec.config.ts"), text);
    expect((await loadConfig(project.path))?.config.documents).toEqual(["specs/*.yaml"]);
  });
});
