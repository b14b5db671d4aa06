import type { Contract, Origin } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";

/** What a rule found. Line and column are looked up for all findings together. */
export interface Finding extends Pick<Diagnostic, "severity" | "code" | "message"> {
  readonly hint: string;
  readonly origin: Origin;
}

/** A check over all contracts of a run. */
export type Rule = (contracts: readonly Contract[]) => Iterable<Finding>;
