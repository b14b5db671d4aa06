// npm run simulate -- --runs 100000 --seed 1 [--processes 2] [--workers 2] [--store sqlite] [--raw]
// Plays histories of every kind of step, and stops at the first in which a promise does not hold.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { playHere, playMany } from "./processes.js";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: "2" },
    store: { type: "string", default: "memory" },
    /** Tells the first failure as it comes, and looks for no smaller one. */
    raw: { type: "boolean", default: false },
    processes: { type: "string", default: String(availableParallelism()) },
  },
});
const part = {
  runs: whole(values.runs),
  seed: whole(values.seed),
  workers: whole(values.workers),
  store: values.store === "sqlite" ? ("sqlite" as const) : ("memory" as const),
  shrink: !values.raw,
};
if (process.send) process.send(await playHere(part));
else await report();

async function report(): Promise<void> {
  const startedAt = performance.now();
  const result = await playMany({ ...part, processes: whole(values.processes) }, (runs) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${runs} of ${part.runs}`);
  });
  if ("failed" in result) {
    console.log(result.failed);
    process.exitCode = 1;
    return;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(
    JSON.stringify({ ...result, seconds: Math.round(seconds), perSecond: Math.round(result.runs / seconds) }),
  );
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  console.error(`"${text}" is no whole number from 1`);
  return process.exit(2);
}
