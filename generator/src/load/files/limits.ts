import { type Region, regionUnder } from "../yaml/data.js";
import { isObject, type JsonObject } from "../yaml/json.js";

/** Largest file that is read, in bytes. */
export const MAX_BYTES: number = 16 * 1024 * 1024;
/** Deepest nesting of objects and arrays. */
export const MAX_DEPTH = 200;
/** Most values in one document, aliases counted each time they are used. */
export const MAX_VALUES = 4_000_000;
/** Most uses of YAML aliases, nested ones multiplied. */
export const MAX_ALIASES = 10_000;

/** What one walk over a document finds. */
export interface Scan {
  /** Texts of all `$ref`s that are references, and not part of an example or another value. */
  readonly references: ReadonlySet<string>;
  /** How many members the objects have together. */
  readonly members: number;
  /** Whether there is a number that JSON cannot write. */
  readonly isEndless: boolean;
  /** Objects that name the format of a schema beside them, each with its keys. */
  readonly formats: readonly { readonly keys: readonly string[]; readonly value: JsonObject }[];
  /** Set when the document is deeper or larger than the limits, as an alias that contains itself always is. */
  readonly excess?: "depth" | "size";
}

/** Most brackets left open, or dashes on one line: far more than any text has, and far less than what a parser takes. */
const MAX_OPEN = 5_000;

/** Whether a text is nested so deeply that a parser would not come to an end with it in good time. */
export function isBottomless(text: string): boolean {
  let open = 0;
  for (const [mark] of text.matchAll(/[[\]{}]/g)) {
    open += mark === "[" || mark === "{" ? 1 : -1;
    if (open > MAX_OPEN) return true;
  }
  return new RegExp(`(?:- ){${MAX_OPEN}}`).test(text);
}

/** Walks a document once: checks the limits and gathers what has to be loaded or converted before it can be read. */
export function scan(root: unknown): Scan {
  const references = new Set<string>();
  const formats: { keys: string[]; value: JsonObject }[] = [];
  const keys: string[] = [];
  let values = 0;
  let members = 0;
  let isEndless = false;
  let excess: Scan["excess"];

  const visit = (value: unknown, region: Region): void => {
    if (typeof value === "number" && !Number.isFinite(value)) isEndless = true;
    if (typeof value !== "object" || value === null || excess) return;
    if (keys.length > MAX_DEPTH) excess = "depth";
    const entries: [string, unknown][] = Object.entries(value);
    values += entries.length;
    if (values > MAX_VALUES) excess = "size";
    if (isObject(value)) {
      members += entries.length;
      // An example of a message may stand elsewhere; what stands in it is what it is.
      if (typeof value.$ref === "string" && (region !== "data" || keys.at(-2) === "examples"))
        references.add(value.$ref);
      if (region !== "data" && typeof value.schemaFormat === "string") formats.push({ keys: [...keys], value });
    }
    for (const [key, one] of entries) {
      keys.push(key);
      visit(one, regionUnder(region, key, Array.isArray(value)));
      keys.pop();
    }
  };
  visit(root, "parts");
  const found = { references, formats, members, isEndless };
  return excess ? { ...found, excess } : found;
}
