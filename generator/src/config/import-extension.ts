import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { glob } from "tinyglobby";

/** So many files of the user's are looked at, and no more. */
const most = 50;

/**
 * The ending of relative imports that fits a project: `.ts` where its compiler allows it, where it belongs to Deno, or where
 * its own files write it, as Node's type stripping wants it; else `.js`.
 */
export async function importExtensionOf(root: string, handlers: string | false): Promise<".js" | ".ts"> {
  const config = nearest(root, "tsconfig.json");
  const options = config === undefined ? {} : await compilerOptions(config, []);
  if (options.allowImportingTsExtensions === true || options.rewriteRelativeImportExtensions === true) return ".ts";
  if (existsSync(join(root, "deno.json")) || existsSync(join(root, "deno.jsonc"))) return ".ts";
  return (await writesTs(root, handlers)) ? ".ts" : ".js";
}

function nearest(folder: string, name: string): string | undefined {
  for (let here = resolve(folder); ; here = dirname(here)) {
    if (existsSync(join(here, name))) return join(here, name);
    if (here === dirname(here) || existsSync(join(here, ".git"))) return undefined;
  }
}

type CompilerOptions = { readonly [name: string]: unknown };

/** With what `extends` names, the nearer over the farther. What cannot be read says nothing. */
async function compilerOptions(file: string, behind: readonly string[]): Promise<CompilerOptions> {
  if (behind.includes(file)) return {};
  const config = await readConfig(file);
  const bases = [config?.extends ?? []].flat().filter((one) => typeof one === "string");
  let options: CompilerOptions = {};
  for (const base of bases) {
    const path = extended(base, file);
    if (path !== undefined) options = { ...options, ...(await compilerOptions(path, [...behind, file])) };
  }
  return { ...options, ...config?.compilerOptions };
}

function extended(base: string, from: string): string | undefined {
  if (/^\.{0,2}\//.test(base) || /^[a-z]:/i.test(base)) {
    const path = resolve(dirname(from), base);
    return [path, `${path}.json`].find((one) => one.endsWith(".json") && existsSync(one));
  }
  const require = createRequire(from);
  for (const name of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      const path = require.resolve(name);
      if (path.endsWith(".json")) return path;
    } catch {}
  }
  return undefined;
}

async function readConfig(
  file: string,
): Promise<{ readonly extends?: unknown; readonly compilerOptions?: CompilerOptions } | undefined> {
  try {
    // Comments and commas too many are allowed there. A string is matched first, so that nothing inside one is taken.
    const text = (await readFile(file, "utf8")).replace(
      /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, string: string | undefined) => string ?? "",
    );
    return JSON.parse(
      text.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? ""),
    );
  } catch {
    return undefined;
  }
}

/** Whether the first relative import that the user's own files make of a TypeScript file ends in `.ts`. */
async function writesTs(root: string, handlers: string | false): Promise<boolean> {
  const folders = ["src/**/", "test/", "tests/", ...(handlers === false ? [] : [`${handlers}/`])];
  const files = await glob(["*.{ts,mts}", ...folders.map((folder) => `${folder}*.{ts,mts}`)], {
    cwd: root,
    ignore: ["**/node_modules/**", "**/*.d.ts"],
    deep: 5,
  });
  for (const file of files.sort().slice(0, most)) {
    const text = await readFile(join(root, file), "utf8").catch(() => "");
    const [, ending] = /^(?:import|export)\b[^"';]*["']\.{1,2}\/[^"']*\.(m?ts|m?js)["']/m.exec(text) ?? [];
    if (ending !== undefined) return ending.endsWith("ts");
  }
  return false;
}
