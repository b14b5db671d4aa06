/** A SQLite file as text, in the order in which it is made again. */
import type { SqliteDatabase } from "@sagaspec/runtime/sqlite";

interface Table {
  readonly name: string;
  readonly sql: string;
}

export function dumpSqlite(database: SqliteDatabase): string {
  const schema = (type: string) =>
    database
      .prepare(`select name, sql from sqlite_master where type = '${type}' and sql is not null order by name`)
      .all() as readonly Table[];
  const rows = schema("table").flatMap(({ name }) =>
    (database.prepare(`select * from ${name}`).all() as Record<string, unknown>[]).map(
      (row) => `insert into ${name} values (${Object.values(row).map(literal).join(", ")});`,
    ),
  );
  const statements = (type: string) => schema(type).map(({ sql }) => `${sql};`);
  return `${[...statements("table"), ...rows, ...statements("index")].join("\n")}\n`;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}
