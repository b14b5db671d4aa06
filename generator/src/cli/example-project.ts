import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAtomically } from "../pipeline/output.js";
import { version } from "../pipeline/version.js";
import { folderName } from "../transform/names.js";
import { CommandFailed } from "./command.js";

/** A package.json, as far as it matters here. */
interface Manifest {
  readonly type?: string;
  readonly scripts?: { readonly [name: string]: string };
  readonly dependencies?: { readonly [name: string]: string };
  readonly devDependencies?: { readonly [name: string]: string };
}

const scripts = {
  generate: "sagaspec generate",
  start: "sagaspec generate && node --import tsx src/main.ts",
  test: "sagaspec generate && node --import tsx --test test/create-order.test.ts",
  typecheck: "sagaspec generate && tsc",
};

const gitignore = "node_modules/\n*.db*\n.sagaspec/\n";

/**
 * Writes a small project that runs into a folder: two contracts, their handlers, a saga, a program, a test.
 * @returns the files that were written, relative to the folder
 * @throws {CommandFailed} when one of them is there already: nothing is written then
 */
export async function writeExample(cwd: string): Promise<readonly string[]> {
  const source = exampleFolder();
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length).split(sep).join("/"))
    .filter((file) => file !== "README.md" || !existsSync(join(cwd, file)))
    .sort();
  const present = files.filter((file) => existsSync(join(cwd, file)));
  if (present.length > 0) {
    throw new CommandFailed(
      `${present.join(", ")} ${present.length === 1 ? "is" : "are"} here already; take an empty folder`,
    );
  }
  for (const file of files) await writeAtomically(join(cwd, file), await readFile(join(source, file), "utf8"));
  if (!existsSync(join(cwd, ".gitignore"))) await writeAtomically(join(cwd, ".gitignore"), gitignore);
  await writeAtomically(join(cwd, "package.json"), await manifestText(cwd));
  return [...files, "package.json"];
}

// In the package's folder: two folders up from here; from `dist/` and the folders in it one or two.
function exampleFolder(): string {
  for (const place of ["../example/", "../../example/"]) {
    const folder = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(join(folder, "sagaspec.config.ts"))) return folder;
  }
  throw new Error("the example project is missing in the package @sagaspec/cli");
}

// What is there stays, but for `type` and the scripts, without which nothing of this runs.
async function manifestText(cwd: string): Promise<string> {
  const path = join(cwd, "package.json");
  const present: Manifest = existsSync(path) ? (JSON.parse(await readFile(path, "utf8")) as Manifest) : {};
  const own = `^${version}`;
  const known = { ...present.dependencies, ...present.devDependencies };
  const missing = (packages: { readonly [name: string]: string }) =>
    Object.fromEntries(Object.entries(packages).filter(([name]) => !Object.hasOwn(known, name)));
  const manifest = {
    name: folderName(basename(cwd)) || "orders",
    version: "0.1.0",
    private: true,
    ...present,
    type: "module",
    scripts: { ...present.scripts, ...scripts },
    dependencies: {
      ...present.dependencies,
      // What Node itself has from 22.13 on.
      ...missing({ "@sagaspec/runtime": own, ...(hasSqlite() ? undefined : { libsql: "^0.5.29" }) }),
    },
    devDependencies: {
      ...present.devDependencies,
      ...missing({ "@sagaspec/cli": own, "@types/node": "^22.20.5", tsx: "^4.23.15", typescript: "^6.0.3" }),
    },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const hasSqlite = (): boolean => process.getBuiltinModule?.("node:sqlite") !== undefined;
