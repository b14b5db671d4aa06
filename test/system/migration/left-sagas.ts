/** What the old release left, as if an hour ago. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const hourMs = 3_600_000;

/**
 * The statements that make the database again. Every time in them, in columns and in JSON, is moved, so that what was
 * due within an hour is due, and nothing else.
 */
export function leftDatabase(kind: "sqlite" | "postgres"): string {
  const text = readFileSync(join(import.meta.dirname, `left.${kind}.sql`), "utf8");
  const leftAt = Number(/ at (\d{13})$/m.exec(text)?.[1]);
  const byMs = Date.now() - hourMs - leftAt;
  // Milliseconds since 1970 of these decades are the only numbers of 13 digits.
  return text.replace(/\b1[789]\d{11}\b/g, (time) => String(Number(time) + byMs));
}
