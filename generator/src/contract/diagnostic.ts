import type { JsonNode } from "../load/yaml/json-node.js";
import type { DiagnosticCode } from "./diagnostic-codes.js";

/** Something wrong, or worth knowing, in a document: where it stands, what it is, what to do. */
export interface Diagnostic {
  readonly severity: "error" | "warning" | "info";
  /** Kebab-case, stable: what `--json` and SARIF report as the rule. One of ours, or a rule of the official parser's. */
  readonly code: DiagnosticCode | (string & {});
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  readonly column?: number;
  /** JSON pointer with `#`. */
  readonly pointer?: string;
}

/** Gathers what is found, each thing once, and looks up its line and column. */
export class Reporter {
  readonly #found = new Map<string, Diagnostic>();

  error(at: JsonNode, code: DiagnosticCode, message: string, hint: string): void {
    this.#report("error", at, code, message, hint);
  }

  warning(at: JsonNode, code: DiagnosticCode, message: string, hint: string): void {
    this.#report("warning", at, code, message, hint);
  }

  info(at: JsonNode, code: DiagnosticCode, message: string, hint: string): void {
    this.#report("info", at, code, message, hint);
  }

  /** Adds a finished diagnostic. */
  add(diagnostic: Diagnostic): void {
    const { file, pointer, code, message, line, column } = diagnostic;
    const key = [code, file, pointer, line, column, message].join("\0");
    if (!this.#found.has(key)) this.#found.set(key, diagnostic);
  }

  get diagnostics(): Diagnostic[] {
    return [...this.#found.values()];
  }

  #report(severity: Diagnostic["severity"], at: JsonNode, code: DiagnosticCode, message: string, hint: string): void {
    const { file } = at.source;
    this.add({ severity, code, message, hint, file, ...at.source.position(at.pointer), pointer: `#${at.pointer}` });
  }
}

/** A document that cannot be used, with everything found in it. */
export class InvalidDocument extends Error {
  override readonly name: string = "InvalidDocument";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((one) => `${one.file}:${one.line ?? 1}:${one.column ?? 1} ${one.message}`).join("\n"));
    this.diagnostics = diagnostics;
  }
}
