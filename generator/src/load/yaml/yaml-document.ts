import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { DiagnosticCode } from "../../contract/diagnostic-codes.js";
import { MAX_ALIASES } from "../files/limits.js";
import { keysOf } from "./pointer.js";

/** A place in a text, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a text. */
export interface SyntaxIssue extends Position {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint: string;
}

/** Most faults of one text that are worth reading. */
const MAX_FAULTS = 20;

/** JSON's types, however old the YAML says it is: dates, `yes` and `!!binary` are texts. */
const OPTIONS = { schema: "core", resolveKnownTags: false, merge: true, uniqueKeys: false, logLevel: "error" } as const;

/** The syntax tree of a YAML or JSON text: its value, what is wrong with it, and where things stand. */
export class YamlDocument {
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    this.#document = parseDocument(text, { ...OPTIONS, lineCounter: this.#lines });
  }

  get faults(): SyntaxIssue[] {
    const { errors } = this.#document;
    if (errors.some((one) => one.message.includes("call stack"))) return [describe(new RangeError())];
    // What is wrong after a tab mostly follows from it.
    const tabs = errors.filter((one) => one.code === "TAB_AS_INDENT");
    const faults = (tabs.length > 0 ? tabs : errors).slice(0, MAX_FAULTS).map((one): SyntaxIssue => {
      const place = this.#at(one.pos[0]);
      if (one.code === "MULTIPLE_DOCS") {
        const hint = "Put each document into a file of its own.";
        return { code: "several-documents", message: "another document starts here", hint, ...place };
      }
      return {
        code: "invalid-yaml",
        message: firstLine(one.message),
        hint: "Correct the YAML at this place.",
        ...place,
      };
    });
    return faults.length > 0 ? faults : [...this.#duplicateKeys(), ...this.#endlessNumbers()].slice(0, MAX_FAULTS);
  }

  /** The value as plain data. Throws where aliases expand without end. */
  value(): unknown {
    return this.#document.toJS({ maxAliasCount: MAX_ALIASES });
  }

  /** Where a pointer stands; the nearest place above it where there is no such value. */
  position(pointer: string): Position {
    let node: unknown = this.#document.contents;
    let offset = this.#document.contents?.range?.[0] ?? 0;
    for (const key of keysOf(pointer)) {
      if (isMap(node)) {
        const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === key);
        if (!pair) break;
        offset = startOf(pair.key) ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(key)];
        offset = startOf(node) ?? offset;
      } else break;
    }
    return this.#at(offset);
  }

  /** Our own check, because the library's compares every key of a map with every other. */
  #duplicateKeys(): SyntaxIssue[] {
    const faults: SyntaxIssue[] = [];
    visit(this.#document, {
      Map: (_, map) => {
        const seen = new Set<string>();
        for (const { key } of map.items) {
          if (!isScalar(key) || key.source === "<<") continue;
          const name = String(key.value);
          if (seen.has(name)) {
            const message = `the key '${name}' is given twice`;
            faults.push({
              code: "duplicate-key",
              message,
              hint: "Keep one of the two.",
              ...this.#at(startOf(key) ?? 0),
            });
          }
          seen.add(name);
        }
      },
    });
    return faults;
  }

  /** `.inf` and `.nan` are numbers in YAML alone. */
  #endlessNumbers(): SyntaxIssue[] {
    const faults: SyntaxIssue[] = [];
    visit(this.#document, {
      Scalar: (_, { value, source, range }) => {
        if (typeof value !== "number" || Number.isFinite(value)) return;
        const message = `'${source ?? value}' is no number that JSON has`;
        const hint = "Leave it out, or quote it where it is a text.";
        faults.push({ code: "not-json", message, hint, ...this.#at(range?.[0] ?? 0) });
      },
    });
    return faults;
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

/** What an error thrown on the way to a value means. */
export function describe(error: unknown): SyntaxIssue {
  const start = { line: 1, column: 1 };
  if (error instanceof RangeError) {
    return { code: "too-deep", message: "nested too deeply to be read", hint: "Name the inner parts.", ...start };
  }
  const message = error instanceof Error ? firstLine(error.message) : String(error);
  if (message.startsWith("Excessive alias count")) {
    const hint = "Use $ref instead of YAML aliases.";
    return { code: "too-many-aliases", message: "the aliases expand beyond any sensible size", hint, ...start };
  }
  return { code: "invalid-yaml", message, hint: "Correct the YAML.", ...start };
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? message;
}

function startOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) ? node.range?.[0] : undefined;
}
