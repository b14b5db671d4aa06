import { join, relative, sep } from "node:path";
import { importModule } from "../config/load-module.js";
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
