// Plays many histories, in as many processes as are wanted.
import { fork } from "node:child_process";
import { SimulationFailed, type SimulationFaults, type SimulationReport, simulate } from "@sagaspec/runtime/testing";
import { withBundle } from "./bundle.js";
import { featuresOf } from "./coverage.js";
import { scenario } from "./scenario.js";

/** Which histories. */
export interface Part {
  readonly runs: number;
  readonly seed: number;
  readonly workers: number;
  readonly store: "memory" | "sqlite";
  readonly shrink: boolean;
  readonly faults: Partial<SimulationFaults>;
}

/** What histories have come to, and how often each feature of sagas occurred in them. */
export type Report = SimulationReport & { readonly features: { readonly [feature: string]: number } };

/** What came out; or the first history in which a promise did not hold. */
export type Result = Report | { readonly failed: string };

export async function playHere(part: Part): Promise<Result> {
  const features: Counts = {};
  try {
    const report = await simulate({
      ...part,
      progress: false,
      scenario(history) {
        const { check, ...made } = scenario(history);
        return {
          ...made,
          check(end) {
            for (const row of end.sagas) {
              const known = made.sagas.find(({ saga }) => saga.type === row.type && saga.version === row.version);
              for (const feature of known ? featuresOf(known.saga, row) : []) add(features, { [feature]: 1 });
            }
            return check?.(end);
          },
        };
      },
    });
    return { ...report, features };
  } catch (error) {
    if (error instanceof SimulationFailed) return { failed: error.message };
    throw error;
  }
}

/** Each process plays the next part that nobody has begun: histories take unequally long. */
export async function playMany(
  part: Part & { readonly processes: number },
  heard: (runs: number) => void = () => {},
): Promise<Result> {
  if (part.processes === 1) return playParts(part, playHere, heard);
  return withBundle([], (program) => playParts(part, (one) => playElsewhere(program, one), heard));
}

async function playParts(
  { processes, ...all }: Part & { readonly processes: number },
  playPart: (part: Part) => Promise<Result>,
  heard: (runs: number) => void,
): Promise<Result> {
  const partSize = Math.max(1, Math.min(500, Math.ceil(all.runs / processes / 4)));
  const total = { runs: 0, ends: {}, faults: {}, crashes: {}, lines: {}, features: {} };
  // What no part has reached.
  let unreached: readonly string[] | undefined;
  let failed: Result | undefined;
  let begun = 0;
  const play = async () => {
    while (begun < all.runs && !failed) {
      const part = { ...all, runs: Math.min(partSize, all.runs - begun), seed: all.seed + begun };
      begun += part.runs;
      const result = await playPart(part);
      if ("failed" in result) failed ??= result;
      else {
        total.runs += result.runs;
        for (const name of counted) add(total[name], result[name]);
        unreached = (unreached ?? result.unreached).filter((one) => result.unreached.includes(one));
        heard(total.runs);
      }
    }
  };
  await Promise.all(Array.from({ length: processes }, play));
  return failed ?? { ...total, unreached: unreached ?? [] };
}

const counted = ["ends", "faults", "crashes", "lines", "features"] as const;
type Counts = { [name: string]: number };

function add(to: Counts, counts: { readonly [name: string]: number }): void {
  for (const [name, count] of Object.entries(counts)) to[name] = (to[name] ?? 0) + count;
}

function playElsewhere(program: string, { runs, seed, workers, store, shrink, faults }: Part): Promise<Result> {
  const args = ["--runs", String(runs), "--seed", String(seed), "--workers", String(workers), "--store", store];
  for (const [kind, rate] of Object.entries(faults)) args.push("--fault", `${kind}=${rate}`);
  if (!shrink) args.push("--raw");
  return new Promise((resolve, reject) => {
    const child = fork(program, args, { execArgv: [] });
    child.on("message", (result) => resolve(result as Result));
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`a process of the simulation ended with ${code}`)));
  });
}
