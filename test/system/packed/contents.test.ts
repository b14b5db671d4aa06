/** What is published: everything that the packages speak of, and nothing else. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packedTarballs } from "../../support/packed.js";
import { root } from "../../support/root.js";

const run = promisify(execFile);

interface Manifest {
  readonly exports: { readonly [entry: string]: string | { readonly [condition: string]: string } };
  readonly bin?: { readonly [name: string]: string };
}

describe.each([
  ["@sagaspec/runtime", "sagaspec-runtime-", ["dist", "src"]],
  ["@sagaspec/cli", "sagaspec-cli-", ["bin", "dist", "example", "src"]],
])("the package %s", (_, prefix, folders) => {
  let folder = "";
  let files: readonly string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sagaspec-contents-"));
    const tarball = (await packedTarballs()).find((path) => path.includes(prefix)) ?? "";
    await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", folder]);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    files = entries.filter((one) => one.isFile()).map((one) => relative(folder, join(one.parentPath, one.name)));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("has a licence, a README, the changelog and its folders, and no more", async () => {
    const top = [...new Set(files.map((file) => file.split("/", 1)[0]))].sort();
    expect(top).toEqual(["CHANGELOG.md", "LICENSE", "README.md", ...folders, "package.json"].sort());
    for (const name of ["LICENSE", "CHANGELOG.md"]) {
      expect(await readFile(join(folder, name), "utf8")).toBe(await readFile(join(root, name), "utf8"));
    }
    expect(
      files.filter((file) => /\.(test|test-d|bench)\.|tsbuildinfo|\.env/.test(file) && !file.startsWith("example/")),
    ).toEqual([]);
  });

  it("has every file that its exports and commands name, under every condition", async () => {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
    const targets = [
      ...Object.values(manifest.exports).flatMap((target) =>
        typeof target === "string" ? target : Object.values(target),
      ),
      ...Object.values(manifest.bin ?? {}),
    ];
    expect(targets.filter((target) => !existsSync(join(folder, target)))).toEqual([]);
  });

  it("has source maps whose sources are there, and nothing compiled from a source that is gone", async () => {
    const maps = files.filter((file) => file.endsWith(".map"));
    const missing: string[] = [];
    for (const map of maps) {
      const { sources, sourcesContent } = JSON.parse(await readFile(join(folder, map), "utf8")) as {
        sources: string[];
        sourcesContent?: (string | null)[];
      };
      for (const [index, source] of sources.entries()) {
        const isInside = sourcesContent?.[index] !== undefined;
        if (!isInside && !existsSync(resolve(folder, dirname(map), source))) missing.push(`${map}: ${source}`);
      }
    }
    expect(missing).toEqual([]);
    const texts = await Promise.all(
      files
        .filter((file) => file.endsWith(".js"))
        .map(async (file) => [file, await readFile(join(folder, file), "utf8")] as const),
    );
    const unmapped = texts.flatMap(([file, text]) => {
      const named = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(text)?.[1];
      return named !== undefined && !existsSync(join(folder, dirname(file), named)) ? [file] : [];
    });
    expect(unmapped).toEqual([]);
  });

  it("has sources that import only what is there", async () => {
    const missing: string[] = [];
    for (const file of files.filter((one) => /^src\/.*(?<!\.d)\.ts$/.test(one))) {
      const text = await readFile(join(folder, file), "utf8");
      for (const [, specifier = ""] of text.matchAll(/^(?:import|export)\b[^"';]*from "(\.[^"]+)";$/gm)) {
        const target = join(folder, dirname(file), specifier.replace(/\.js$/, ".ts"));
        if (!existsSync(target)) missing.push(`${file}: ${specifier}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

it("would be published as they are: npm corrects nothing", async () => {
  await packedTarballs();
  const { stdout, stderr } = await run("npm", ["publish", "--dry-run", "-w", "runtime", "-w", "generator"], {
    cwd: root,
  });
  expect(stdout).toMatch(/\+ @sagaspec\/runtime@[\s\S]*\+ @sagaspec\/cli@/);
  expect(stderr).not.toMatch(/auto-corrected|removed|cleaned/);
});
