/** What `sagaspec init --example` writes is a project that runs, from the tarballs that would be published. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { installInto, packedTarballs } from "../../support/packed.js";

const run = promisify(execFile);

describe("the project of sagaspec init --example", () => {
  let folder = "";
  let unreachable: string | undefined;
  const npm = async (...argv: string[]) => (await run("npm", ["--silent", ...argv], { cwd: folder })).stdout;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sagaspec-example-"));
    const tarballs = await packedTarballs();
    await writeFile(
      join(folder, "package.json"),
      JSON.stringify({ name: "orders", type: "commonjs", scripts: { test: "exit 1", mine: "echo mine" } }),
    );
    unreachable = await installInto(folder, ...tarballs);
    if (unreachable !== undefined) return;
    await run(join(folder, "node_modules/.bin/sagaspec"), ["init", "--example"], { cwd: folder });
    unreachable = await installInto(folder);
  });
  beforeEach(({ skip }) => skip(unreachable !== undefined, unreachable));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("keeps what package.json says, but for the scripts that it needs", async () => {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Record<string, object>;
    expect(manifest).toMatchObject({ name: "orders", type: "module", scripts: { mine: "echo mine" } });
    expect(JSON.stringify(manifest.dependencies)).toContain("sagaspec-runtime-");
  });

  it("starts: one order is completed, one is undone, and the program ends; a second start orders nothing again", async () => {
    const first = await npm("start");
    expect(first).toContain("ticket of order 2 taken back");
    expect(first).toMatch(/order 1: completed\n.*order 2: compensated\n$/s);
    const second = await npm("start");
    expect(second).toMatch(/order 1: completed\norder 2: compensated\n$/);
    expect(second).not.toContain("ticket");
  });

  it("passes its own tests and the compiler", async () => {
    expect(await npm("test")).toMatch(/^# pass 3$|ℹ pass 3/m);
    expect(await npm("run", "typecheck")).not.toContain("error");
  });

  it("shows its sagas", async () => {
    const bin = join(folder, "node_modules/.bin/sagaspec");
    const { stdout } = await run(bin, ["saga", "show", "create-order/2"], { cwd: folder });
    expect(stdout).toMatch(/compensated[\s\S]*payment[\s\S]*cardRefused/);
  });

  it("is not written over files that are there", async () => {
    const bin = join(folder, "node_modules/.bin/sagaspec");
    const again = run(bin, ["init", "--example"], { cwd: folder });
    await expect(again).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("take an empty folder") });
  });
});
