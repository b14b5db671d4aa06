/** How tests run under mutation: the workspace's packages are the sources beside them, so that mutants are what runs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = join(import.meta.dirname, "..");

/** What a package exports, as its source. */
function sourcesOf(folder) {
  const { name, exports } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  return Object.entries(exports).flatMap(([entry, target]) => {
    const source = target["@sagaspec/source"];
    const find = new RegExp(`^${name}${entry.slice(1)}$`);
    return source ? [{ find, replacement: join(root, folder, source) }] : [];
  });
}

export default defineConfig({
  resolve: {
    alias: [...sourcesOf("runtime"), ...sourcesOf("generator")],
    conditions: ["@sagaspec/source", "module", "node"],
  },
  test: {
    root,
    // Loading modules anew for each file would take most of the time.
    isolate: false,
    fileParallelism: false,
    include: JSON.parse(process.env.MUTATE_TESTS ?? "[]"),
    exclude: JSON.parse(process.env.MUTATE_WITHOUT ?? "[]"),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
