import { defineConfig } from "vitest/config";

const source = ["@sagaspec/source"];

export default defineConfig({
  resolve: { conditions: [...source, "module", "node"] },
  ssr: { resolve: { conditions: [...source, "module", "node"], externalConditions: source } },
  test: {
    include: ["test/**/*.test.ts"],
    // Takes the whole machine for a minute: `npm run chaos`.
    exclude: process.env.CHAOS ? [] : ["test/system/chaos/**"],
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"], tsconfig: "test/types/tsconfig.json" },
    // Bounds for what hangs: no test may fail because the machine is slow or busy.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
});
