/** One measured number, beside what it is compared with. */
export interface Metric {
  readonly value: number;
  readonly unit: string;
  /** The same work without Sagaspec, in the same unit; null where there is nothing to compare with. */
  readonly floor: number | null;
  /** `value` by `floor`. */
  readonly ratio: number | null;
  /** What is promised: `value <= 0.2`, `ratio <= 1.2`; null where nothing is. */
  readonly goal: string | null;
  readonly met: boolean | null;
}

export type Metrics = { readonly [name: string]: Metric };

/** What a goal is about, which way, and how far. */
export type Goal = readonly [of: "value" | "ratio", comparison: "<=" | ">=", limit: number];

/** Puts a number beside its floor and its goal. */
export function metric(value: number, unit: string, goal?: Goal, floor?: number): Metric {
  const ratio = floor === undefined ? null : rounded(value / floor);
  const [of, comparison, limit] = goal ?? [];
  const judged = of === "ratio" ? ratio : value;
  const met = limit === undefined || judged === null ? null : comparison === "<=" ? judged <= limit : judged >= limit;
  return {
    value: rounded(value),
    unit,
    floor: floor === undefined ? null : rounded(floor),
    ratio,
    goal: goal ? goal.join(" ") : null,
    met,
  };
}

/** The middle one; the upper of two middle ones. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** A table for people. */
export function table(metrics: Metrics): string {
  const rows = Object.entries(metrics).map(([name, one]) => [
    name,
    `${one.value} ${one.unit}`,
    one.floor === null ? "" : `${one.floor} ${one.unit}`,
    one.ratio === null ? "" : String(one.ratio),
    one.goal ?? "",
    one.met === null ? "" : one.met ? "met" : "MISSED",
  ]);
  const all = [["", "value", "floor", "ratio", "goal", ""], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const rounded = (value: number): number => Number(value.toPrecision(4));
