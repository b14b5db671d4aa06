import type { Played } from "./history.js";
import type { SimulationReport } from "./options.js";

type Counts = { [name: string]: number };

/** Counts what histories have come to. */
export class Report implements SimulationReport {
  runs = 0;
  readonly ends: Counts = {};
  readonly faults: Counts = {};
  readonly crashes: Counts = {};
  readonly lines: Counts = {};

  add({ ends, lines, mishaps }: Played): void {
    this.runs += 1;
    for (const [status, count] of Object.entries(ends)) more(this.ends, status, count);
    for (const [kind, count] of Object.entries(lines)) more(this.lines, kind, count);
    for (const { name } of mishaps) {
      const [kind = "", ...site] = name.split(" ");
      more(this.faults, kind);
      if (kind === "crash") more(this.crashes, boundaryOf(site));
    }
  }
}

/** `before worker 1 commit 3` is `before commit`. */
function boundaryOf([when = "", ...site]: readonly string[]): string {
  const isWhere = when === "before" || when === "after";
  const words = site.slice(isWhere ? site.findIndex((word) => /^\d+$/.test(word)) + 1 : 0);
  return [when, ...words.filter((word) => !/^\d+$/.test(word))].join(" ");
}

function more(counts: Counts, name: string, count = 1): void {
  counts[name] = (counts[name] ?? 0) + count;
}
