/** Something wrong, or worth knowing, in a document: where it stands, what it is, what to do. */
export interface Diagnostic {
  readonly severity: "error" | "warning" | "info";
  /** Kebab-case, stable: what `--json` and SARIF report as the rule. */
  readonly code: string;
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

/** A document that cannot be used, with everything found in it. */
export class InvalidDocument extends Error {
  override readonly name: string = "InvalidDocument";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((one) => `${one.file}:${one.line ?? 1}:${one.column ?? 1} ${one.message}`).join("\n"));
    this.diagnostics = diagnostics;
  }
}
