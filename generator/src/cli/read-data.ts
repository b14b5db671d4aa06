import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parseJson } from "../operate/lossless-json.js";
import { UsageError } from "./command.js";

/**
 * JSON from the command line: the text itself, the name of a file, or `-` for standard input.
 * @throws {UsageError} when it is none of these
 */
export async function readData(given: string, cwd: string): Promise<unknown> {
  const inline = parsed(given);
  if (inline !== undefined) return inline;
  const content =
    given === "-" ? await text(process.stdin) : await readFile(resolve(cwd, given), "utf8").catch(() => "");
  const value = parsed(content);
  if (value === undefined) throw new UsageError(`--data ${given}: neither JSON nor a file of JSON`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
