import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The version of this package. */
export const version: string = readVersion();

/** Stands for this program: what one prints, only the same prints again. */
export const fingerprint: string = import.meta.url.endsWith(".ts") ? `${version} ${sourceHash()}` : version;

// Two folders up from here; from `dist/` and the folders in it one or two.
function readVersion(): string {
  for (const place of ["../package.json", "../../package.json"]) {
    try {
      const text = readFileSync(new URL(place, import.meta.url), "utf8");
      const found = JSON.parse(text) as { name?: string; version?: string };
      if (found.name === "@sagaspec/cli" && found.version) return found.version;
    } catch {}
  }
  throw new Error("the package.json of @sagaspec/cli is missing");
}

// Run from its source, the program changes under the same version.
function sourceHash(): string {
  const root = new URL("../", import.meta.url);
  const folder = fileURLToPath(root);
  const hash = createHash("sha256");
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const { mtimeMs, size } = statSync(new URL(path, root));
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex");
}
