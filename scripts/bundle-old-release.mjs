#!/usr/bin/env node
/**
 * Makes `test/system/migration/old-release.js`: the runtime of the release whose databases must go on working, as one
 * file. Needs the whole history of the repository.
 * @example node scripts/bundle-old-release.mjs
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** The last commit of 0.1. */
const commit = "dbb6905279a80b53c233936ecdc2f7ff9ce7034e";
const root = join(import.meta.dirname, "..");
const target = join(root, "test/system/migration/old-release.js");
const folder = mkdtempSync(join(tmpdir(), "sagaspec-old-"));
const doors = ["index.ts", "amqp/index.ts", "memory/index.ts", "sqlite/index.ts", "postgres/index.ts"];

try {
  const archive = execFileSync("git", ["archive", commit, "runtime/src"], { cwd: root, maxBuffer: 1 << 28 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  await build({
    stdin: {
      contents: doors.map((door) => `export * from "./runtime/src/${door}";`).join("\n"),
      resolveDir: folder,
    },
    bundle: true,
    minify: true,
    legalComments: "none",
    format: "esm",
    platform: "node",
    target: "node20",
    banner: {
      js: `// @sagaspec/runtime 0.1, commit ${commit}, minified by scripts/bundle-old-release.mjs.`,
    },
    outfile: target,
  });
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${target}: ${Math.round(statSync(target).size / 1024)} kB`);
