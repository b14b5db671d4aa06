/** Worker processes that may be killed at any moment, and are replaced. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What a worker tells its parent. */
export type FromWorker = "ready" | { readonly started: string } | { readonly refused: string };

export type Role = "orchestrator" | "participant";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The programs as single files, which start faster than their sources do. */
export interface Programs {
  readonly folder: string;
  remove(): Promise<void>;
}

export async function buildPrograms(): Promise<Programs> {
  const folder = await mkdtemp(join(here, ".workers-"));
  await build({
    entryPoints: ["orchestrator", "participant"].map((name) => join(here, `${name}.ts`)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["amqplib", "pg"],
    conditions: ["@sagaspec/source"],
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Workers of one role: always as many as there should be, but for those that have just been killed. */
export interface Crew {
  /** Those that are at work. */
  alive(): readonly ChildProcess[];
  /** Ends one of them as the power would, and has another one in its place a moment later. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** @param joined is told of each worker that is ready, first ones and replacements. */
export async function hire(
  { folder }: Programs,
  role: Role,
  size: number,
  args: readonly string[],
  joined: (worker: ChildProcess) => void = () => {},
): Promise<Crew> {
  const alive: ChildProcess[] = [];
  const replacing = new Set<Promise<void>>();

  async function add(): Promise<void> {
    const log = openSync(join(folder, `${role}.log`), "a");
    const worker = fork(join(folder, `${role}.mjs`), args, { stdio: ["ignore", log, log, "ipc"] });
    closeSync(log);
    const failed = once(worker, "exit").then(() => {
      throw new Error(`${role} ended before it was ready`);
    });
    await Promise.race([once(worker, "message", { signal: AbortSignal.timeout(60_000) }), failed]);
    failed.catch(() => {});
    joined(worker);
    alive.push(worker);
  }

  await Promise.all(Array.from({ length: size }, add));
  return {
    alive: () => alive,
    async kill() {
      const worker = alive.shift();
      if (!worker) throw new Error(`no ${role} is left to be killed`);
      const gone = once(worker, "exit");
      worker.kill("SIGKILL");
      await gone;
      const replaced = sleep(1_000).then(add);
      replacing.add(replaced);
      replaced.finally(() => replacing.delete(replaced)).catch(() => {});
    },
    async stop() {
      await Promise.all(replacing);
      await Promise.all(
        alive.map(async (worker) => {
          const gone = once(worker, "exit", { signal: AbortSignal.timeout(30_000) });
          worker.disconnect();
          await gone;
        }),
      );
    },
  };
}
