import { dirname } from "node:path";
import { loadConfig } from "../../config/load-config.js";
import { fromProject } from "../../operate/project-modules.js";
import { type Command, flag, textOption, UsageError } from "../command.js";

interface Pg {
  readonly Pool: new (options: object) => { end(): Promise<void> };
}

interface PostgresStore {
  migrate(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** `sagaspec store migrate`: makes or upgrades the tables of a PostgreSQL store. */
export const command: Command = {
  usage: "migrate",
  words: ["migrate"],
  options: {
    schema: { type: "string", about: "schema of the tables (default: sagaspec)" },
    url: { type: "string", about: "the database (default: DATABASE_URL)" },
    json: { type: "boolean", about: "JSON on standard output" },
    config: { type: "string", short: "c", about: "configuration file; else the nearest sagaspec.config.*" },
  },

  async run(given, terminal) {
    const [verb, ...more] = given.positionals;
    if (verb !== "migrate" || more.length > 0) throw new UsageError("store takes migrate: sagaspec store migrate");
    const url = textOption(given, "url") ?? terminal.env.DATABASE_URL;
    if (url === undefined) throw new UsageError("which database? set DATABASE_URL, or give --url postgres://...");
    const loaded = await loadConfig(terminal.cwd, textOption(given, "config"));
    const root = loaded ? dirname(loaded.file) : terminal.cwd;
    const schema = textOption(given, "schema") ?? "sagaspec";
    const { createPostgresStore } = await fromProject<{ createPostgresStore(options: object): PostgresStore }>(
      "@sagaspec/runtime/postgres",
      root,
    );
    const pg = await fromProject<Pg & { readonly default?: Pg }>("pg", root);
    const pool = new (pg.default ?? pg).Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 10_000 });
    try {
      const store = createPostgresStore({ pool, schema });
      const applied = await store.migrate();
      await store.close();
      if (flag(given, "json")) terminal.out(JSON.stringify({ schema, applied }));
      else terminal.out(applied.length === 0 ? `${schema} is up to date` : `${schema}: ${applied.join(", ")}`);
      return 0;
    } finally {
      await pool.end();
    }
  },
};
