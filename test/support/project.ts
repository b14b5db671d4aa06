import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.js";

/** Inside the workspace, so that what is generated finds `@sagaspec/runtime`, and what was checked before is remembered. */
const parent = join(root, ".tsbuild");

/** A folder for a project of ES modules, gone when it is disposed of. */
export function temporaryProject(): Disposable & { readonly path: string } {
  mkdirSync(parent, { recursive: true });
  const path = mkdtempSync(join(parent, "project-"));
  writeFileSync(join(path, "package.json"), '{ "type": "module" }\n');
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
