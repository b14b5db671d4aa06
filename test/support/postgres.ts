/** A PostgreSQL database of its own for a test file, on `DATABASE_URL` or the server on this machine. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { PGlite } from "@electric-sql/pglite";
import type { PostgresClient, PostgresPool, PostgresQuery } from "@sagaspec/runtime/postgres";
import pg from "pg";

const url = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** Why the server cannot be used; undefined when it can. Throws instead when `REQUIRE_SERVICES=1`. */
export async function postgresMissing(): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (cause) {
    if (process.env.REQUIRE_SERVICES === "1") throw new Error(`no PostgreSQL at ${url}`, { cause });
    return `no PostgreSQL at ${url}: ${cause instanceof Error ? cause.message : cause}`;
  }
}

export interface TestDatabase {
  readonly url: string;
  pool(max?: number): pg.Pool;
  /** Ends the pools and drops the database. */
  drop(): Promise<void>;
}

export async function createDatabase(): Promise<TestDatabase> {
  const name = `sagaspec_${randomUUID().replaceAll("-", "")}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const pools: pg.Pool[] = [];
  return {
    url: own.href,
    pool(max = 8) {
      const pool = new pg.Pool({ connectionString: own.href, max });
      pools.push(pool);
      return pool;
    },
    async drop() {
      await Promise.all(pools.map((pool) => pool.end()));
      // Connections that have said goodbye are gone in a moment; forcing them out would be an error in this process.
      for (let attempt = 1; ; attempt++) {
        const error = await run(`drop database ${name}`).catch((error: unknown) => error);
        if (error === undefined) return;
        if (attempt === 100) throw error;
        await sleep(50);
      }
    },
  };
}

/** PostgreSQL inside this process, in the shape of a pool: one connection, which is lent to one user at a time. */
export async function createPglitePool(): Promise<{ pool: PostgresPool; close(): Promise<void> }> {
  const lite = await PGlite.create();
  let lent: Promise<void> = Promise.resolve();
  const run = async ({ text, values }: PostgresQuery) => {
    const { rows } = await lite.query(text, values);
    return { rows };
  };
  const connect = async (): Promise<PostgresClient> => {
    const before = lent;
    let release = () => {};
    lent = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return { query: run, release: () => release() };
  };
  const query = async (wanted: PostgresQuery) => {
    const client = await connect();
    try {
      return await client.query(wanted);
    } finally {
      client.release();
    }
  };
  return { pool: { query, connect }, close: () => lite.close() };
}
