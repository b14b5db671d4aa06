import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { installInto, packedTarballs } from "../../support/packed.js";
import { root } from "../../support/root.js";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const tsc = require.resolve("typescript/bin/tsc");
const documents = ["specs/restaurant.yaml", "specs/order.yaml"];

/** Installed as users install it, from the tarballs that would be published. */
let folder = "";
let tarballs: readonly string[] = [];
let unreachable = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sagaspec-package-"));
  tarballs = await packedTarballs();
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  unreachable = (await installInto(folder, ...tarballs)) ?? "";
}, 180_000);

beforeEach(({ skip }) => skip(unreachable !== "", unreachable));

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the packages, packed and installed", () => {
  test("are few and small", async () => {
    const installed = await weigh(join(folder, "node_modules"));
    expect(installed.packages).toBeLessThan(180);
    expect(installed.bytes).toBeLessThan(75 * 1024 * 1024);
    expect(installed.names).not.toContain("@scarf/scarf");
  });

  test("pass publint and are-the-types-wrong", async () => {
    for (const tarball of tarballs) {
      await run(join(root, "node_modules/.bin/publint"), [tarball, "--strict"]);
      await run(join(root, "node_modules/.bin/attw"), [tarball, "--profile", "esm-only"]);
    }
  }, 60_000);

  test.each(["nodenext", "bundler"])(
    "type-check what they generate under %s",
    async (resolution) => {
      const project = join(folder, "project");
      if (!existsSync(project)) {
        await cp(join(root, "specs"), join(project, "specs"), { recursive: true });
        await run(join(folder, "node_modules/.bin/sagaspec"), ["generate", ...documents], { cwd: project });
      }
      const compilerOptions = {
        target: "es2022",
        module: resolution === "nodenext" ? "nodenext" : "esnext",
        moduleResolution: resolution,
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noUnusedLocals: true,
        verbatimModuleSyntax: true,
        isolatedDeclarations: true,
        declaration: true,
        noEmit: true,
        types: ["node"],
        typeRoots: [join(root, "node_modules/@types")],
      };
      await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
      const { stdout } = await run(process.execPath, [tsc, "-p", project]).catch((error: { stdout: string }) => error);
      expect(stdout).toBe("");
    },
    60_000,
  );

  test("answer at once when there is nothing to do", async () => {
    const project = join(folder, "project");
    const bin = join(folder, "node_modules/@sagaspec/cli/bin/sagaspec.js");
    const fastest = async (...argv: string[]): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 5; round++) {
        const started = performance.now();
        await run(process.execPath, argv, { cwd: project });
        times.push(performance.now() - started);
      }
      return Math.min(...times);
    };
    // In starts of Node itself: `npm run bench -- generate` knows the milliseconds.
    const start = await fastest("--eval", "0");
    expect((await fastest(bin, "--help")) / start).toBeLessThan(4);
    expect((await fastest(bin, "generate", ...documents)) / start).toBeLessThan(6);
  }, 60_000);
});

interface Weight {
  readonly packages: number;
  readonly bytes: number;
  readonly names: readonly string[];
}

async function weigh(modules: string): Promise<Weight> {
  const entries = await readdir(modules, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  const names = files
    .filter((file) => file.name === "package.json" && /node_modules\/(@[^/]+\/)?[^/]+$/.test(file.parentPath))
    .map((file) => file.parentPath.replace(/^.*node_modules\//, ""));
  return { packages: names.length, bytes: sizes.reduce((sum, size) => sum + size, 0), names };
}
