import { usualFaults } from "./faults.js";
import { type HistoryOptions, type Played, play } from "./history.js";
import type { SimulateOptions, SimulationReport } from "./options.js";
import { Report } from "./report.js";
import { shrink } from "./shrink.js";

/** A promise did not hold in a simulated history. The message tells how to repeat it, and what happened in it. */
export class SimulationFailed extends Error {
  override readonly name: string = "SimulationFailed";
  /** `simulate` with this seed and `runs: 1` repeats the history. */
  readonly seed: number;
  /** What did not hold. */
  readonly violation: string;
  /** What had to go wrong for it. */
  readonly mishaps: readonly string[];
  /** What happened, with the milliseconds since the beginning in front. */
  readonly trace: readonly string[];

  constructor(seed: number, { violation = "", mishaps, trace }: Played) {
    const wrong = mishaps.map(({ name, at }) => `  ${at} ms  ${name}`);
    super(
      [
        `seed ${seed}: ${violation}`,
        `repeat it with { seed: ${seed}, runs: 1 } and the other options as they are`,
        wrong.length === 0 ? "nothing had to go wrong" : "what went wrong:",
        ...wrong,
        "what happened:",
        ...trace.map((line) => `  ${line}`),
      ].join("\n"),
    );
    this.seed = seed;
    this.violation = violation;
    this.mishaps = mishaps.map(({ name }) => name);
    this.trace = trace;
  }
}

/**
 * Plays many histories of sagas in a world where messages are lost, doubled, late and out of order, processes die and
 * stand still, the store fails and clocks are wrong; and judges each of them. The workers, the participants and their
 * inboxes are the real ones, on a broker and a store in memory; time and chance are the simulation's, so that a seed
 * always gives the same history.
 *
 * It holds that every effect happens at most once for each message id, and never after its undo; that steps start in
 * order, not while a saga is paused, and not once it has turned back; that a completed saga has done all that its
 * definition asks for, and a compensated one has undone every step that is done or unknown, the last one first; that
 * nothing waits for ever, nothing is left open, and what needs attention ends when somebody sees to it; that histories
 * have no gaps, are what the store has, and say what the sagas are; that an act of a person is carried out once, and told
 * of as it was; that whoever asked for a saga is answered, and whoever listens hears of each; that no answer is settled
 * before it is stored, and no timeout fires while the answer waits unheard; and that retention takes what is over, and
 * nothing else.
 * @throws SimulationFailed with the seed, and with as little misfortune as it takes
 * @example
 * await simulate({ sagas: [{ saga: createOrder, inputs: [order] }], runs: 1_000 });
 */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const { runs = 100, seed = 1, workers = 2, faults = {}, store = "memory", shrink: isShrunk = true } = options;
  const scenario = "scenario" in options ? options.scenario : () => options;
  const report = new Report();
  for (let run = 0; run < runs; run++) {
    const rates = { ...usualFaults, ...faults };
    const history: HistoryOptions = { scenario, seed: seed + run, workers, store, faults: rates };
    const played = await play(history);
    if (played.violation !== undefined) {
      const told = isShrunk ? shrink(history, played) : play({ ...history, traced: true });
      throw new SimulationFailed(history.seed, await told);
    }
    report.add(played);
  }
  return report;
}
