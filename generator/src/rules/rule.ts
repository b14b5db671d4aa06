import type { Contract, Origin } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import type { DiagnosticCode } from "../contract/diagnostic-codes.js";

/** What a rule found. Line and column are looked up for all findings together. */
export interface Finding extends Pick<Diagnostic, "severity" | "message"> {
  readonly code: DiagnosticCode;
  readonly hint: string;
  readonly origin: Origin;
}

/** A check over all contracts of a run. */
export type Rule = (contracts: readonly Contract[]) => Iterable<Finding>;
