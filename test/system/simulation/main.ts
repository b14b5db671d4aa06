// npm run simulate -- --runs 100000 --seed 1 [--processes 2] [--workers 2] [--store sqlite] [--fault crash=0.05]... [--raw]
// Plays histories of every kind of step, and stops at the first in which a promise does not hold.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { faultKinds } from "../../../runtime/src/testing/simulation/faults.js";
import { createProgress } from "../../../runtime/src/testing/simulation/progress.js";
import { playHere, playMany } from "./processes.js";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: "2" },
    store: { type: "string", default: "memory" },
    /** How often something goes wrong, where it is not the usual. */
    fault: { type: "string", multiple: true, default: [] },
    /** Tells the first failure as it comes, and looks for no smaller one. */
    raw: { type: "boolean", default: false },
    processes: { type: "string", default: String(availableParallelism()) },
  },
});
const part = {
  runs: whole(values.runs),
  seed: whole(values.seed),
  workers: whole(values.workers),
  store: storeNamed(values.store),
  faults: Object.fromEntries(values.fault.map(fault)),
  shrink: !values.raw,
};
if (process.send) process.send(await playHere(part));
else await report();

async function report(): Promise<void> {
  const startedAt = performance.now();
  const progress = createProgress(undefined);
  const result = await playMany({ ...part, processes: whole(values.processes) }, (runs) => {
    progress.show(() => `${runs} of ${part.runs} histories`);
  });
  progress.end();
  if ("failed" in result) {
    const [, seed] = /^seed (\d+)/.exec(result.failed) ?? [];
    console.log(result.failed);
    console.log(`once more: npm run simulate -- ${again(seed ?? values.seed)}`);
    process.exitCode = 1;
    return;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(
    JSON.stringify({ ...result, seconds: Math.round(seconds), perSecond: Math.round(result.runs / seconds) }),
  );
}

/** What repeats a history: the seed is not all that decides it. */
function again(seed: string): string {
  const { workers, store, fault: faults } = values;
  const settings = [`--workers ${workers}`, `--store ${store}`, ...faults.map((one) => `--fault ${one}`)];
  return [`--runs 1 --seed ${seed} --processes 1`, ...settings].join(" ");
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  return wrong(`"${text}" is no whole number from 1`);
}

function storeNamed(text: string): "memory" | "sqlite" {
  return text === "memory" || text === "sqlite" ? text : wrong(`"${text}" is no store; give memory or sqlite`);
}

function fault(text: string): readonly [kind: string, rate: number] {
  const [kind = "", rate = ""] = text.split("=");
  if (faultKinds.some((one) => one === kind) && Number(rate) >= 0 && Number(rate) <= 1) return [kind, Number(rate)];
  return wrong(`"${text}" is no fault; give one of ${faultKinds.join(", ")}, and its rate: crash=0.05`);
}

function wrong(text: string): never {
  console.error(text);
  return process.exit(2);
}
