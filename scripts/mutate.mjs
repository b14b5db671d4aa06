#!/usr/bin/env node
/**
 * Plants small bugs in a folder, one at a time, and says which of them no test finds. Outside CI: it takes minutes to an
 * hour. `.tsbuild/mutation/<folder>.json` has the report. `MUTATE_STRINGS=1` empties texts as well, `MUTATE_CONCURRENCY=2`
 * takes two cores.
 * @example npm run mutate -- rules
 * @example npm run mutate -- saga/decide transition-builder.ts   # only files whose path contains this
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Stryker } from "@stryker-mutator/core";

/** Folders that are worth it, and the tests that hold them: those that are quick, and run in this process. */
const folders = {
  rules: { source: "generator/src/rules", tests: ["generator/rules", "generator/mapping/contracts.test.ts"] },
  diff: { source: "generator/src/diff", tests: ["generator/diff"] },
  emit: { source: "generator/src/emit", tests: ["generator/emit", "generator/mapping"] },
  wire: { source: "runtime/src/wire", tests: ["runtime/*.test.ts", "runtime/wire"] },
  "saga/decide": {
    source: "runtime/src/saga/decide",
    tests: [
      "runtime/saga/{decide,outcomes,step-kinds,operate,losers,known-traps,late-success,fold,phase,kept-json}.test.ts",
      "runtime/testing/given.test.ts",
    ],
  },
};

/** They take long, start processes that no mutant reaches, or need services. */
const without = [
  "**/{valid-output,refused-output,pairs,tool,differential}.test.ts",
  "**/runtime/{recovery,problems,inbox-outage,inbox-retention,schema,schema-readings}.test.ts",
  "**/saga/{unstorable,unreadable,versions,retention,declared-replies}.test.ts",
  "**/*{postgres,pglite,sqlite,corpus}*.test.ts",
];

const [name = "", only = ""] = process.argv.slice(2);
const folder = folders[name];
if (!folder) {
  console.error(`mutate: which folder? ${Object.keys(folders).join(", ")}`);
  process.exit(2);
}
process.env.MUTATE_TESTS = JSON.stringify(
  folder.tests.map((path) => `test/${path}${path.endsWith(".ts") ? "" : "/**/*.test.ts"}`),
);
// Real documents are many: whatever they alone find deserves a test of its own.
process.env.ASYNCAPI_CORPUS = "none";
process.env.MUTATE_WITHOUT = JSON.stringify(without);
const reports = join(import.meta.dirname, "../.tsbuild/mutation");
mkdirSync(reports, { recursive: true });
const report = join(reports, `${name.replace("/", "-")}.json`);

const stryker = new Stryker({
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "scripts/mutate.vitest.config.mjs", related: false },
  mutate: [`${folder.source}/**/${only ? `*${only}*` : "*.ts"}`, `!${folder.source}/**/generated/**`],
  // The words of messages are read by people: tests need not repeat them.
  mutator: { excludedMutations: process.env.MUTATE_STRINGS ? [] : ["StringLiteral"] },
  coverageAnalysis: "perTest",
  concurrency: Number(process.env.MUTATE_CONCURRENCY ?? 1),
  timeoutMS: 8_000,
  ignoreStatic: true,
  ignorePatterns: [".tsbuild", "site", "docs", "**/dist", "reports"],
  tempDirName: ".tsbuild/mutants",
  reporters: ["progress-append-only", "clear-text", "json"],
  clearTextReporter: { allowEmojis: false, logTests: false, reportTests: false, allowColor: false },
  jsonReporter: { fileName: report },
  allowConsoleColors: false,
  disableTypeChecks: false,
  thresholds: { high: 90, low: 85, break: 85 },
});
await stryker.runMutationTest();
