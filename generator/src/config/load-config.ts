import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Config } from "./config.js";
import { isLoadingError } from "./load-module.js";

/** What a configuration may be called, the first one found counts. */
export const configNames: readonly string[] = [
  "sagaspec.config.ts",
  "sagaspec.config.mts",
  "sagaspec.config.js",
  "sagaspec.config.mjs",
  "sagaspec.config.json",
];

/** A configuration, and the file that it stands in. */
export interface LoadedConfig {
  readonly config: Config;
  /** Absolute path. */
  readonly file: string;
}

/**
 * Loads the named configuration, else the nearest `sagaspec.config.*` from the folder upwards; nothing where there is none.
 * @throws when the file cannot be read or does not export a configuration
 */
export async function loadConfig(cwd: string, name?: string): Promise<LoadedConfig | undefined> {
  const file = name === undefined ? findConfig(cwd) : resolve(cwd, name);
  if (file === undefined) return undefined;
  if (!existsSync(file)) throw new Error(`the configuration ${file} does not exist`);
  const config = await readConfig(file);
  if (typeof config !== "object" || config === null || !("documents" in config)) {
    const isJson = extname(file) === ".json";
    throw new Error(
      isJson
        ? `${file} holds no configuration; write: { "documents": ["specs/*.yaml"] }`
        : `${file} exports no configuration; write: export default defineConfig({ documents: ["specs/*.yaml"] })`,
    );
  }
  return { config: config as Config, file };
}

function findConfig(cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = configNames.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder) || existsSync(join(folder, ".git"))) return undefined;
  }
}

async function readConfig(file: string): Promise<unknown> {
  if (extname(file) === ".json") return JSON.parse(await readFile(file, "utf8"));
  try {
    // The same file is another module when it has changed: a watcher reads it again.
    const { mtimeMs } = await stat(file);
    const module = (await import(`${pathToFileURL(file).href}?${mtimeMs}`)) as { default?: unknown };
    return module.default;
  } catch (error) {
    // Nor is this package installed where the configuration is when it was called by npx alone.
    if (!isLoadingError(error)) throw error;
    const { createJiti } = await import("jiti");
    const self = fileURLToPath(packageEntry());
    return createJiti(import.meta.url, { moduleCache: false, alias: { "@sagaspec/cli": self } }).import(file, {
      default: true,
    });
  }
}

/** `src/index.ts` from the source, `dist/index.js` from the bundle, whose chunks lie flat beside it. */
const packageEntry = (): URL =>
  import.meta.url.endsWith(".ts") ? new URL("../index.ts", import.meta.url) : new URL("./index.js", import.meta.url);
