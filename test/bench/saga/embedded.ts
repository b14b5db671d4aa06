/** Sagas in one process, without a broker: on memory, and on a SQLite file that every commit reaches. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Metrics, median, metric } from "../metric.js";

const turns = 3;
const roundsATurn = 2;
const program = fileURLToPath(new URL("embedded-rates.ts", import.meta.url));

/** The stores take turns, each in a process of its own: neither cleans up what the other has left in memory. */
export async function embedded(): Promise<Metrics> {
  const rates = { memory: [] as number[], sqlite: [] as number[] };
  for (let turn = 0; turn < turns; turn += 1) {
    for (const store of ["memory", "sqlite"] as const) rates[store].push(...(await ratesOf(store)));
  }
  const inMemory = median(rates.memory);
  return {
    "steps-in-memory": metric(inMemory, "steps/s", ["value", ">=", 25_000]),
    "steps-in-sqlite": metric(median(rates.sqlite), "steps/s", ["ratio", ">=", 0.6], inMemory),
  };
}

async function ratesOf(store: "memory" | "sqlite"): Promise<number[]> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--import", "tsx", program, store, String(roundsATurn)]);
  return JSON.parse(stdout);
}
