import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
let folder = "";
let program = "";

beforeAll(async () => {
  folder = await mkdtemp(join(here, ".crash-"));
  program = join(folder, "child.mjs");
  await build({
    entryPoints: [join(here, "crash-child.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    conditions: ["@sagaspec/source"],
    alias: { "@sagaspec/runtime/codegen": join(here, "../../runtime/src/codegen.ts") },
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Life {
  readonly status: string;
  readonly writes: number;
  readonly history: readonly string[];
}

/** Runs the program once; undefined when it was killed. */
function live(file: string, scenario: string, killAt: number): Promise<Life | undefined> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, file, scenario, String(killAt)], (error, stdout, stderr) => {
      if (error?.signal === "SIGKILL") resolve(undefined);
      else if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout));
    });
  });
}

test.each([
  ["success", "completed"],
  ["refused", "compensated"],
])(
  "a process killed at any write of a saga (%s) brings it to the same end when it is started again",
  async (scenario, status) => {
    const whole = await live(join(folder, `${scenario}.db`), scenario, 0);
    expect(whole?.status).toBe(status);
    const points = Array.from({ length: whole?.writes ?? 0 }, (_, index) => index + 1);
    const survived = async (killAt: number) => {
      const file = join(folder, `${scenario}-${killAt}.db`);
      const first = await live(file, scenario, killAt);
      const second = first ?? (await live(file, scenario, 0));
      return { killAt, killed: first === undefined, status: second?.status, succeeded: settled(second) };
    };
    const lives: Awaited<ReturnType<typeof survived>>[] = [];
    for (let from = 0; from < points.length; from += 4) {
      lives.push(...(await Promise.all(points.slice(from, from + 4).map(survived))));
    }
    expect(lives.filter((one) => one.killed).length).toBeGreaterThan(15);
    for (const one of lives) expect(one).toMatchObject({ status, succeeded: settled(whole) });
  },
  180_000,
);

/** What a saga's history says has come about: each step and each compensation once. */
function settled(life: Life | undefined): string[] | undefined {
  return life?.history.filter((line) => /^(step|compensation)-(succeeded|failed)|^ended/.test(line));
}
