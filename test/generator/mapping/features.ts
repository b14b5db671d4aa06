// Documents of `specs/features`, one for each rule or two, and what is generated of them.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryProject } from "../../support/project.js";
import { root } from "../../support/root.js";

export const specs = join(root, "specs/features");

const generated = join(root, "generated/features");

/** Paths of all that is generated. */
export const sources: readonly string[] = readdirSync(generated, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => join(generated, path));

/** A generated file. */
export function text(path: string): string {
  return readFileSync(join(generated, path), "utf8");
}

/** A project of one of the documents. */
export function projectOf(name: string): ReturnType<typeof temporaryProject> {
  const folder = temporaryProject();
  copyFileSync(join(specs, `${name}.yaml`), join(folder.path, `${name}.yaml`));
  writeFileSync(join(folder.path, "sagaspec.config.json"), JSON.stringify({ documents: [`${name}.yaml`] }));
  return folder;
}
