import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));

test("the README's simulation is twenty lines at most, and runs as it stands", async () => {
  const readme = await readFile(join(here, "../../../runtime/README.md"), "utf8");
  const [, program = ""] = /## Simulating sagas[\s\S]*?```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(program.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(20);
  // Inside the project, so that it finds its packages.
  const folder = await mkdtemp(join(here, ".readme-"));
  try {
    const file = join(folder, "example.ts");
    await writeFile(file, program.replaceAll("./generated/", "../../../../generated/"));
    const args = ["--conditions=@sagaspec/source", "--import", "tsx", file];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toMatch(/completed: \d{2,}/);
    expect(stdout).toMatch(/compensated: \d{2,}/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
