import { extname, join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { SagaOutline } from "./sagas/outline.js";
import { readSaga } from "./sagas/read.js";

/** Files that globs find, sorted. Paths are relative to the root, with `/`. */
export async function findFiles(globs: readonly string[], root: string): Promise<readonly string[]> {
  if (globs.length === 0) return [];
  const { glob } = await import("tinyglobby");
  const found = await glob([...globs], { cwd: root, ignore: ["**/node_modules/**"], expandDirectories: false });
  return found.map((path) => relative(root, join(root, path)).split(sep).join("/")).sort();
}

/**
 * The sagas that modules export. Loading a module runs it, so it should only define.
 * @throws when a module cannot be loaded
 */
export async function loadSagas(
  files: readonly string[],
  root: string,
  fresh: boolean,
): Promise<readonly SagaOutline[]> {
  const sagas = new Map<string, SagaOutline>();
  for (const file of files) {
    const exports = await importModule(join(root, file), fresh);
    for (const [name, value] of Object.entries(exports)) {
      const saga = readSaga(value, file, name);
      if (saga !== undefined) sagas.set(`${saga.name} ${saga.version}`, saga);
    }
  }
  return [...sagas.values()].sort((a, b) => a.name.localeCompare(b.name) || a.version - b.version);
}

type Module = { readonly [name: string]: unknown };

/** `fresh` looks at the file again, although an earlier import is remembered. */
async function importModule(path: string, fresh: boolean): Promise<Module> {
  const { href } = pathToFileURL(path);
  try {
    return (await import(fresh ? `${href}?at=${Date.now()}` : href)) as Module;
  } catch (error) {
    // Node before 22.18 runs no TypeScript, and later ones do not find `x.ts` where `x.js` is imported.
    if (!/^\.[cm]?tsx?$/.test(extname(path)) || !isLoadingError(error)) throw error;
    const { createJiti } = await import("jiti");
    return (await createJiti(import.meta.url, { moduleCache: !fresh }).import(path)) as Module;
  }
}

const LOADING_ERRORS = ["ERR_UNKNOWN_FILE_EXTENSION", "ERR_MODULE_NOT_FOUND", "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"];

function isLoadingError(error: unknown): boolean {
  return error instanceof Error && "code" in error && LOADING_ERRORS.includes(String(error.code));
}
