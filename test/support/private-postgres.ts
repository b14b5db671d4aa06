/** A PostgreSQL server of our own, to be killed and restarted without harm to anybody. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";

const run = promisify(execFile);

export interface PrivatePostgres {
  readonly url: string;
  pool(max?: number): pg.Pool;
  /** Ends every process at once, as a loss of power would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Where the server's programs are; undefined when PostgreSQL is not installed here. Throws when `REQUIRE_SERVICES=1`. */
export function postgresPrograms(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folder = versions.map((version) => join(root, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
  if (!folder && process.env.REQUIRE_SERVICES === "1") throw new Error("PostgreSQL is not installed on this machine");
  return folder;
}

export async function createPrivatePostgres(programs: string): Promise<PrivatePostgres> {
  const folder = mkdtempSync(join(tmpdir(), "sagaspec-postgres-"));
  const data = join(folder, "data");
  const isRoot = process.getuid?.() === 0;
  // The server refuses to run as root.
  const as = (program: string, args: string[]) =>
    isRoot
      ? run("runuser", ["-u", "postgres", "--", join(programs, program), ...args])
      : run(join(programs, program), args);
  if (isRoot) await run("chown", ["postgres", folder]);
  await as("initdb", ["--pgdata", data, "--auth", "trust", "--username", "postgres", "--no-sync"]);
  const port = await freePort();
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder}`;
  const control = (...args: string[]) => as("pg_ctl", ["--pgdata", data, "-w", ...args]);
  const start = async () => {
    await control("start", "--log", join(folder, "log"), "--options", settings);
  };
  const kill = async () => {
    await control("stop", "--mode", "immediate");
  };
  const pools: pg.Pool[] = [];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await start();
  return {
    url,
    start,
    kill,
    pool(max = 4) {
      const pool = new pg.Pool({ connectionString: url, max });
      pools.push(pool);
      return pool;
    },
    async remove() {
      await Promise.all(pools.map((pool) => pool.end()));
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
