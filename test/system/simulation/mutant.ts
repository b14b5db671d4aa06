// Plants a bug: bundles the simulation with one place of the runtime's source replaced, and plays histories with it.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { source, withBundle } from "./bundle.js";

/** A program that a bug makes run for ever is ended. */
const longestMs = 110_000;

/** A bug: in a file under `runtime/src`, some text that stands there once becomes another. */
export interface Bug {
  readonly file: string;
  readonly replace: string;
  readonly by: string;
}

/** Plays the simulation with these bugs in it. Gives what it prints; code 1 when a promise did not hold. */
export async function simulateWith(
  bugs: readonly Bug[],
  runs: number,
  settings: readonly string[] = [],
): Promise<{ readonly code: number; readonly output: string }> {
  const planted = new Set<Bug>();
  const planting: Plugin = {
    name: "bugs",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        let contents = await readFile(path, "utf8");
        for (const bug of bugs) {
          if (path !== join(source, bug.file)) continue;
          if (contents.split(bug.replace).length !== 2) throw new Error(`${bug.file} has not once: ${bug.replace}`);
          contents = contents.replace(bug.replace, () => bug.by);
          planted.add(bug);
        }
        return { contents, loader: "ts" };
      }),
  };
  return withBundle([planting], async (program) => {
    const missing = bugs.find((bug) => !planted.has(bug));
    if (missing) throw new Error(`no bug could be planted in ${missing.file}`);
    return await run(program, runs, settings);
  });
}

function run(
  program: string,
  runs: number,
  settings: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  const args = ["--max-old-space-size=1024", program, "--raw", "--processes", "1", "--runs", String(runs), ...settings];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 26, timeout: longestMs }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr });
    });
  });
}
