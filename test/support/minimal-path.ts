import { execFile } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a machine has on which one can try this: no compiler, no Python, no make. `sh` is what npm runs scripts with. */
const programs = ["node", "npm", "npx", "git", "sh"];

/** The environment of such a machine; its PATH is a new folder `bin` in the given one. */
export async function minimalEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  const path = join(folder, "bin");
  await mkdir(path);
  for (const name of programs) {
    const place = name === "node" ? process.execPath : (await run("which", [name])).stdout.trim();
    await symlink(place, join(path, name));
  }
  const npm = { npm_config_prefer_offline: "true", npm_config_audit: "false", npm_config_fund: "false" };
  return { ...process.env, ...npm, PATH: path, CI: "true" };
}
