import { extname } from "node:path";
import { pathToFileURL } from "node:url";

export type Module = { readonly [name: string]: unknown };

/**
 * A module of the user's, TypeScript or JavaScript. Loading it runs it. `fresh` looks at the file again, although an
 * earlier import is remembered.
 * @throws what the module throws
 */
export async function importModule(path: string, fresh = false): Promise<Module> {
  const { href } = pathToFileURL(path);
  try {
    return (await import(fresh ? `${href}?at=${Date.now()}` : href)) as Module;
  } catch (error) {
    if (!/^\.[cm]?tsx?$/.test(extname(path)) || !isLoadingError(error)) throw error;
    const { createJiti } = await import("jiti");
    return (await createJiti(import.meta.url, { moduleCache: !fresh }).import(path)) as Module;
  }
}

const LOADING_ERRORS = ["ERR_UNKNOWN_FILE_EXTENSION", "ERR_MODULE_NOT_FOUND", "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"];

/**
 * Whether a module may be read where Node did not: Node before 22.18 runs no TypeScript, later ones no `enum`, and do not
 * find `x.ts` where `x.js` is imported.
 */
export function isLoadingError(error: unknown): boolean {
  return error instanceof Error && "code" in error && LOADING_ERRORS.includes(String(error.code));
}
