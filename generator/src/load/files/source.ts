import { createHash } from "node:crypto";
import type { Diagnostic } from "../../contract/diagnostic.js";
import { describe, type Position, type SyntaxIssue, YamlDocument } from "../yaml/yaml-document.js";
import { isBottomless, MAX_DEPTH, MAX_VALUES, type Scan, scan } from "./limits.js";

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
  readonly survey: Scan;
  /** What is wrong with the text itself. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where a pointer stands; the nearest place above it where there is no such value. */
  position(pointer: string): Position;
}

/** Parses a text as JSON or YAML. Never throws: what is wrong is in `diagnostics`. */
export function parseSource(text: string, file: string, location: string): Source {
  // A tree takes twenty times the room of its text, and is only looked at again when something is wrong.
  let kept: WeakRef<YamlDocument> | undefined;
  const tree = (): YamlDocument => {
    const known = kept?.deref();
    if (known) return known;
    const parsed = new YamlDocument(text);
    kept = new WeakRef(parsed);
    return parsed;
  };
  const { value, faults, isJson } = readValue(text, file, tree);
  const found = scan(value);
  // What the parser of JSON lets pass, the tree finds.
  const isOdd = isJson && !found.excess && (found.isEndless || found.members !== membersWritten(text));
  const known = isOdd ? tree().faults : faults;
  const all = found.excess ? [...known, excess(found.excess)] : known;
  return {
    file,
    location,
    text,
    hash: createHash("sha256").update(text).digest("hex"),
    value: all.length === 0 ? value : undefined,
    survey: found,
    diagnostics: all.map((one) => ({ severity: "error", file, pointer: "#", ...one })),
    position: (pointer) => (pointer === "" ? { line: 1, column: 1 } : tree().position(pointer)),
  };
}

function readValue(
  text: string,
  file: string,
  tree: () => YamlDocument,
): { value?: unknown; faults: readonly SyntaxIssue[]; isJson?: boolean } {
  try {
    if (/^\s*[[{]/.test(text) && !/\.ya?ml$/i.test(file)) return { value: JSON.parse(text), faults: [], isJson: true };
  } catch {
    // The tree tells where.
  }
  try {
    if (isBottomless(text)) return { faults: [describe(new RangeError())] };
    const parsed = tree();
    const { faults } = parsed;
    return faults.length > 0 ? { faults } : { value: parsed.value(), faults };
  } catch (error) {
    return { faults: [describe(error)] };
  }
}

/** How many members the objects of a JSON text are given, those included that are given twice. */
function membersWritten(json: string): number {
  const [quote, colon, backslash] = [0x22, 0x3a, 0x5c];
  let members = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const character = json.charCodeAt(at);
    if (isText && character === backslash) at++;
    else if (character === quote) isText = !isText;
    else if (!isText && character === colon) members++;
  }
  return members;
}

function excess(kind: "depth" | "size"): SyntaxIssue {
  const start = { line: 1, column: 1 };
  if (kind === "size") {
    const hint = "Split the document into several files.";
    return { code: "too-large", message: `more than ${MAX_VALUES} values`, hint, ...start };
  }
  const message = `nested more than ${MAX_DEPTH} levels, or an alias contains itself`;
  return { code: "too-deep", message, hint: "Name the inner parts.", ...start };
}
