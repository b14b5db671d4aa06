import { createRequire } from "node:module";
import type { SqliteDatabase } from "@sagaspec/runtime/sqlite";
import { describe } from "vitest";

const require = createRequire(import.meta.url);

type Constructor = new (path: string) => SqliteDatabase;

export interface SqliteDriver {
  readonly name: string;
  open(path: string): SqliteDatabase;
}

/** How each driver is found. From version 13 on better-sqlite3 brings binaries, which end the process on Node 20. */
const drivers: { readonly [name: string]: () => Constructor | undefined } = {
  "node:sqlite": () =>
    (process.getBuiltinModule?.("node:sqlite") as { DatabaseSync: Constructor } | undefined)?.DatabaseSync,
  libsql: () => require("libsql") as Constructor,
  "better-sqlite3": () => {
    const { version } = require("better-sqlite3/package.json") as { version: string };
    const isTooNew = Number.parseInt(process.versions.node, 10) < 22 && Number.parseInt(version, 10) >= 13;
    return isTooNew ? undefined : (require("better-sqlite3") as Constructor);
  },
};

function driver(name: string): SqliteDriver | undefined {
  try {
    const Database = drivers[name]?.();
    if (!Database) return undefined;
    new Database(":memory:").close();
    return { name, open: (path) => new Database(path) };
  } catch {
    return undefined;
  }
}

/** The drivers that this machine has. */
export const sqliteDrivers = (): readonly SqliteDriver[] => Object.keys(drivers).flatMap((name) => driver(name) ?? []);

/** The same tests with every driver; those of one that is not here say that they were skipped. */
export function describeWithDrivers(tests: (driver: SqliteDriver) => void): void {
  for (const name of Object.keys(drivers)) {
    const found = driver(name);
    if (found) describe(`with ${name}`, () => tests(found));
    else describe.skip(`with ${name}, which is not installed here`, () => tests({ name, open: missing }));
  }
}

function missing(): never {
  throw new Error("it is not installed here");
}
