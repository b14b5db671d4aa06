import { createHash } from "node:crypto";
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Diagnostic } from "../diagnostic.js";
import { MAX_ALIASES, MAX_DEPTH, MAX_VALUES, type Survey, survey } from "./limits.js";
import { keysOf } from "./pointer.js";

/** A place in a text, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One file, read and parsed. */
export interface Source {
  /** As diagnostics and origins show it: relative to the working directory with `/`, or a URL. */
  readonly file: string;
  /** What references in it are relative to: an absolute path or a URL. */
  readonly location: string;
  readonly text: string;
  /** SHA-256 of the text, hexadecimal. */
  readonly hash: string;
  readonly value: unknown;
  readonly survey: Survey;
  /** What is wrong with the text itself. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where a pointer stands; the nearest place above it where there is no such value. */
  position(pointer: string): Position;
}

/** Parses a text as JSON or YAML. Never throws: what is wrong is in `diagnostics`. */
export function parseSource(text: string, file: string, location: string): Source {
  const counter = new LineCounter();
  let tree: Document | undefined;
  const parseTree = (): Document => {
    tree ??= parseDocument(text, { lineCounter: counter, merge: true, uniqueKeys: false, logLevel: "silent" });
    return tree;
  };
  const diagnostics: Diagnostic[] = [];
  const fault = (code: string, message: string, hint: string, offset?: number): void => {
    const at = offset === undefined ? { line: 1, col: 1 } : counter.linePos(offset);
    const place = { file, line: Math.max(at.line, 1), column: Math.max(at.col, 1) };
    diagnostics.push({ severity: "error", code, message, hint, ...place });
  };

  let value = /\.ya?ml$/i.test(file) ? undefined : parseJson(text);
  if (value === undefined) {
    try {
      const parsed = parseTree();
      for (const one of parsed.errors.slice(0, 20)) {
        fault("invalid-yaml", firstLine(one.message), "Correct the YAML at this place.", one.pos[0]);
      }
      for (const one of duplicateKeys(parsed)) {
        fault("duplicate-key", `the key '${one.key}' is given twice`, "Keep one of the two.", one.offset);
      }
      if (parsed.errors.length === 0) value = parsed.toJS({ maxAliasCount: MAX_ALIASES });
    } catch (error) {
      fault(...explainFailure(error));
    }
  }

  const found = diagnostics.length === 0 ? survey(value) : survey(undefined);
  if (found.excess === "depth") {
    fault("too-deep", `nested more than ${MAX_DEPTH} levels, or an alias contains itself`, "Name the inner parts.");
  } else if (found.excess === "size") {
    fault("too-large", `more than ${MAX_VALUES} values`, "Split the document into several files.");
  }
  const hash = createHash("sha256").update(text).digest("hex");
  const position = (pointer: string): Position => locate(parseTree(), counter, pointer);
  return { file, location, text, hash, value: found.excess ? undefined : value, survey: found, diagnostics, position };
}

function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function explainFailure(error: unknown): [code: string, message: string, hint: string] {
  if (error instanceof RangeError) return ["too-deep", "nested too deeply to be read", "Name the inner parts."];
  const reason = error instanceof Error ? firstLine(error.message) : String(error);
  return reason.startsWith("Excessive alias count")
    ? ["too-many-aliases", "the aliases expand beyond any sensible size", "Use $ref instead of YAML aliases."]
    : ["invalid-yaml", reason, "Correct the YAML."];
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? message;
}

/** Our own check, because the parser's compares every key of a map with every other. */
function duplicateKeys(tree: Document): { key: string; offset: number }[] {
  const found: { key: string; offset: number }[] = [];
  visit(tree, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value) && key.value !== "<<") {
          found.push({ key: String(key.value), offset: key.range?.[0] ?? 0 });
        }
        seen.add(key.value);
      }
    },
  });
  return found;
}

function locate(tree: Document, counter: LineCounter, pointer: string): Position {
  let node: unknown = tree.contents;
  let offset = tree.contents?.range?.[0] ?? 0;
  for (const key of keysOf(pointer)) {
    if (isMap(node)) {
      const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === key);
      if (!pair) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = startOf(node) ?? offset;
    } else break;
  }
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function startOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) ? node.range?.[0] : undefined;
}
