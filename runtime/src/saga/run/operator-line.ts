import type { OperatorAct } from "../store/effects.js";
import type { HistoryRow } from "../store/saga-store.js";

/** The line that an act has left in a saga's history. */
export interface OperatorLine {
  readonly action: string;
  readonly by: string;
  readonly why: string;
  readonly refused?: string;
}

/** Reads the line of an act; undefined for any other line. */
export function operatorLine({ kind, data }: HistoryRow): OperatorLine | undefined {
  return kind === "operated" ? (data as unknown as OperatorLine) : undefined;
}

/** Why an act was refused, as the lines of its transition have it. The same act twice at once counts as one. */
export function refusalOf(act: OperatorAct, written: readonly HistoryRow[]): { readonly refused?: string } {
  for (const row of written) {
    const line = operatorLine(row);
    if (line?.action !== act.action || line.by !== act.by || line.why !== act.why || row.step !== act.step) continue;
    return line.refused === undefined ? {} : { refused: line.refused };
  }
  return {};
}
