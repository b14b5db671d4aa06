// Plays many histories, in as many processes as are wanted.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { SimulationFailed, type SimulationReport, simulate } from "../../runtime/src/testing/index.js";
import { scenario } from "./scenario.js";

/** Which histories. */
export interface Part {
  readonly runs: number;
  readonly seed: number;
  readonly workers: number;
  readonly store: "memory" | "sqlite";
  readonly shrink: boolean;
}

/** What came out; or the first history in which a promise did not hold. */
export type Result = SimulationReport | { readonly failed: string };

export async function playHere(part: Part): Promise<Result> {
  try {
    return await simulate({ scenario, ...part });
  } catch (error) {
    if (error instanceof SimulationFailed) return { failed: error.message };
    throw error;
  }
}

/** Each process plays the next part that nobody has begun: histories take unequally long. */
export async function playMany(
  { processes, ...all }: Part & { readonly processes: number },
  heard: (runs: number) => void = () => {},
): Promise<Result> {
  const partSize = Math.max(1, Math.min(500, Math.ceil(all.runs / processes / 4)));
  const total: { runs: number } & { [name in Counted]: Counts } = {
    runs: 0,
    ends: {},
    faults: {},
    crashes: {},
    lines: {},
  };
  let failed: Result | undefined;
  let begun = 0;
  const play = async () => {
    while (begun < all.runs && !failed) {
      const part = { ...all, runs: Math.min(partSize, all.runs - begun), seed: all.seed + begun };
      begun += part.runs;
      const result = processes === 1 ? await playHere(part) : await playElsewhere(part);
      if ("failed" in result) failed ??= result;
      else {
        total.runs += result.runs;
        for (const name of counted) add(total[name], result[name]);
        heard(total.runs);
      }
    }
  };
  await Promise.all(Array.from({ length: processes }, play));
  return failed ?? total;
}

const counted = ["ends", "faults", "crashes", "lines"] as const;
type Counted = (typeof counted)[number];
type Counts = { [name: string]: number };

function add(to: Counts, counts: { readonly [name: string]: number }): void {
  for (const [name, count] of Object.entries(counts)) to[name] = (to[name] ?? 0) + count;
}

function playElsewhere({ runs, seed, workers, store, shrink }: Part): Promise<Result> {
  const program = fileURLToPath(new URL("./main.ts", import.meta.url));
  const args = ["--runs", String(runs), "--seed", String(seed), "--workers", String(workers), "--store", store];
  if (!shrink) args.push("--raw");
  const execArgv = ["--conditions=@sagaspec/source", "--import", "tsx"];
  return new Promise((resolve, reject) => {
    const child = fork(program, args, { execArgv });
    child.on("message", (result) => resolve(result as Result));
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`a process of the simulation ended with ${code}`)));
  });
}
