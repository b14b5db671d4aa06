/** The packages as they would be published, built and packed once for all tests that install them. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { root } from "./root.js";

const run = promisify(execFile);
const packages = ["generator", "runtime"];
const workspaces = packages.flatMap((name) => ["-w", name]);

/** Paths of the tarballs. They are made anew when a source has changed. */
export async function packedTarballs(): Promise<readonly string[]> {
  const folder = join(root, ".tsbuild", "packed", await stateOfSources());
  if (!existsSync(folder)) await underLock(() => pack(folder));
  return (await readdir(folder)).map((name) => join(folder, name));
}

async function pack(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await run("npm", ["run", "--silent", "build", ...workspaces], { cwd: root });
  await run("npm", ["pack", "--silent", "--pack-destination", unfinished, ...workspaces], { cwd: root });
  const packed = join(root, ".tsbuild", "packed");
  const others = (await readdir(packed)).filter((name) => join(packed, name) !== unfinished);
  await Promise.all(others.map((name) => rm(join(packed, name), { recursive: true, force: true })));
  await rename(unfinished, folder);
}

async function stateOfSources(): Promise<string> {
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", ...packages], {
    cwd: root,
    maxBuffer: 1 << 26,
  });
  const hash = createHash("sha256");
  for (const file of stdout.split("\0").sort()) {
    const found = await stat(join(root, file)).catch(() => undefined);
    if (file !== "" && found) hash.update(`${file} ${found.size} ${found.mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

/** One build at a time, of whichever process: they write to the same folders. The lock of a dead process counts for nothing. */
async function underLock(work: () => Promise<void>): Promise<void> {
  const lock = join(root, ".tsbuild", "packed.lock");
  await mkdir(join(root, ".tsbuild"), { recursive: true });
  for (;;) {
    try {
      await writeFile(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = Number(await readFile(lock, "utf8").catch(() => ""));
      if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
      else await sleep(200);
    }
  }
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * Installs packages into a folder, as a user does.
 * @returns why it could not be done, where there is no registry; undefined when it was
 */
export async function installInto(folder: string, ...specifiers: readonly string[]): Promise<string | undefined> {
  const quiet = ["--no-audit", "--no-fund", "--silent", "--prefer-offline"];
  try {
    await run("npm", ["install", ...quiet, ...specifiers], { cwd: folder });
    return undefined;
  } catch (error) {
    if (process.env.REQUIRE_SERVICES === "1") throw error;
    return "npm cannot install the few dependencies: is there a registry?";
  }
}
