import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { root } from "../support/root.js";

const { layers } = (await import(pathToFileURL(join(root, "import-rules.mjs")).href)) as {
  layers: Record<string, readonly string[]>;
};

/** `runtime/src/{a,b}` and `runtime/src/c`, `d` as the lines of the configuration that they stand for. */
function foldersOf(cell: string): string[] {
  const [first = "", ...more] = [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? "");
  const parent = first.slice(0, first.lastIndexOf("/"));
  return [first, ...more.map((name) => `${parent}/${name}`)].flatMap((path) => {
    const [, before = "", names = "", after] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [];
    const paths = after === undefined ? [path] : names.split(",").map((name) => `${before}${name}${after}`);
    return paths.map((one) => one.replace("/src/", "/").replace(/\/\*$/, ""));
  });
}

/** The table of ARCHITECTURE.md as a configuration: folder, what it may import. */
async function documented(): Promise<Record<string, readonly string[]>> {
  const text = await readFile(join(root, "ARCHITECTURE.md"), "utf8");
  const rows = [...text.matchAll(/^\| (`(?:generator|runtime)\/src\/[^|]*) \|[^|]*\| ([^|]*) \|$/gm)];
  const lines = rows.flatMap(([, cell = "", may = ""]) =>
    foldersOf(cell).map((folder): [string, readonly string[]] => {
      const [workspace] = folder.split("/");
      const names = [...may.matchAll(/`([^`@]+)`/g)].map(([, name = ""]) =>
        name.startsWith("runtime/") ? name : `${workspace}/${name}`,
      );
      return [folder, may === "all" ? ["*"] : names];
    }),
  );
  const known = Object.keys(layers).filter((name) => !/^\w+\/[\w-]+\.ts$/.test(name));
  // A folder of a folder in the table (`load/yaml`) is named for the reader, and has no rule of its own.
  return Object.fromEntries(
    lines
      .map(([folder, may]): [string, readonly string[]] => [
        known.includes(folder) ? folder : folder.slice(0, folder.lastIndexOf("/")),
        may,
      ])
      .filter(([folder]) => known.includes(folder)),
  );
}

describe("the import rules", () => {
  it("are what the table of ARCHITECTURE.md says", async () => {
    const folders = Object.entries(layers).filter(([name]) => !/^\w+\/[\w-]+\.ts$/.test(name));
    const withoutDoors = folders.map(([name, may]) => [name, may.filter((one) => one !== "runtime/codegen.ts")]);
    expect(await documented()).toEqual(Object.fromEntries(withoutDoors));
  });

  it("are checked: a forbidden import, a cycle and a library beside its door are found", async () => {
    await mkdir(join(root, ".tsbuild"), { recursive: true });
    const folder = await mkdtemp(join(root, ".tsbuild/imports-"));
    const files = {
      "runtime/src/wire/wire.ts": "export const wire = 1;\n",
      "runtime/src/core/errors.ts": 'import "../wire/wire.js";\nimport "./clock.js";\n',
      "runtime/src/core/clock.ts": 'import "./errors.js";\nimport "typebox/schema";\n',
      "generator/src/index.ts": "export {};\n",
    };
    try {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      const check = promisify(execFile)(process.execPath, [join(root, "scripts/check-imports.mjs")], { cwd: folder });
      const said = await check.then(
        () => "",
        (error: { stderr: string }) => error.stderr,
      );
      expect(said).toContain(
        "runtime/src/core/errors.ts -> runtime/src/wire/wire.ts  (runtime/core: may import nothing",
      );
      expect(said).toMatch(/core\/clock\.ts -> .*core\/errors\.ts.*\(no cycles\)/);
      expect(said).toContain("(door of typebox");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
