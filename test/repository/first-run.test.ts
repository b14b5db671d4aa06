import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { minimalEnvironment } from "../support/minimal-path.js";
import { root } from "../support/root.js";

const run = promisify(execFile);

describe("a fresh clone on a machine with Node, npm and git only", () => {
  let folder = "";
  let clone = "";
  let env: NodeJS.ProcessEnv = {};
  let unreachable = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sagaspec-clone-"));
    env = await minimalEnvironment(folder);
    clone = join(folder, "sagaspec");
    const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
    });
    for (const file of stdout.split("\0").filter((name) => name !== "" && !name.startsWith("test/"))) {
      await mkdir(dirname(join(clone, file)), { recursive: true });
      await copyFile(join(root, file), join(clone, file)).catch(() => {
        // Deleted, and not yet committed.
      });
    }
    await run("npm", ["ci"], { cwd: clone, env, timeout: 170_000 }).catch((error: Error) => {
      if (process.env.REQUIRE_SERVICES === "1" || !/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENOTCACHED/.test(error.message)) {
        throw error;
      }
      unreachable = "npm cannot install the dependencies: is there a registry?";
    });
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("starts after npm ci, and its six orders end", { timeout: 120_000 }, async ({ skip }) => {
    skip(unreachable !== "", unreachable);
    const { stdout } = await run("npm", ["start", "--silent", "--", "--json"], { cwd: clone, env });
    const ends = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { scenario: string; state: string }[];
    expect(ends.map(({ scenario }) => scenario)).toHaveLength(6);
    expect(ends.find(({ scenario }) => scenario === "success")).toMatchObject({ state: "completed" });
  });
});
