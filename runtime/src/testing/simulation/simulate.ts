import { usualFaults } from "./faults.js";
import { type HistoryOptions, type PlayedHistory, play } from "./history.js";
import type { SimulateOptions, SimulationReport } from "./options.js";
import { createProgress } from "./progress.js";
import { Reach } from "./reach.js";
import { shrink } from "./shrink.js";

/** A promise did not hold in a simulated history. The message tells how to repeat it, and what happened in it. */
export class SimulationFailed extends Error {
  override readonly name: string = "SimulationFailed";
  /** `simulate` with this seed and `runs: 1` repeats the history. */
  readonly seed: number;
  /** What did not hold. */
  readonly violation: string;
  /** The faults that it took: `<kind> <where>`. */
  readonly faults: readonly string[];
  /** What happened, with the milliseconds since the beginning in front. */
  readonly trace: readonly string[];

  constructor(message: string, { seed, violation, faults, trace }: Omit<SimulationFailed, keyof Error>) {
    super(message);
    this.seed = seed;
    this.violation = violation;
    this.faults = faults;
    this.trace = trace;
  }
}

/**
 * Plays many histories of sagas in a world where messages are lost, doubled, late and out of order, processes die and
 * stand still, the store fails and clocks are wrong; and checks each of them. The workers, the participants and their
 * inboxes are the real ones, on a broker and a store in memory; time and chance are the simulation's, so that a seed
 * always gives the same history.
 *
 * It holds that every effect happens at most once for each message id, and never after its undo; that steps start in
 * order, not while a saga is paused, and not once it has turned back; that a completed saga has done all that its
 * definition asks for, and a compensated one has undone every step that is done or unknown, the last one first; that
 * nothing waits for ever, nothing is left open, and what needs attention ends when an operator sees to it; that histories
 * have no gaps, are what the store has, and say what the sagas are; that an operator's act is carried out once, and
 * answered as it was; that every request for a saga is answered, and every lifecycle event published; that no reply is
 * settled before it is stored, and no timeout fires while the reply waits unheard; and that retention deletes what is
 * over, and nothing else.
 *
 * Sagas that wait or sleep for long cost nothing: where nothing else is under way, that time is skipped. What was never
 * reached is in the report; a definition of which 20 sagas and more began, and none was completed, fails the simulation.
 * @throws SimulationFailed with the seed, and with as few faults as it takes
 * @throws SagaspecError `invalid-message` for a message of the scenario's that its contract does not allow;
 *   `invalid-definition` for a schema of which no data can be made up
 * @example
 * const { ends, unreached } = await simulate({ sagas: [{ saga: createOrder, inputs: [order] }], runs: 1_000 });
 */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const { runs = 100, seed = 1, workers = 2, store = "memory", shrink: isShrunk = true } = options;
  const scenario = "scenario" in options ? options.scenario : () => options;
  const faults = { ...usualFaults, ...options.faults };
  const report = new Report();
  const progress = createProgress(options.progress);
  try {
    for (let run = 0; run < runs; run++) {
      progress.show(() => `simulation: ${run} of ${runs} histories`);
      const history: HistoryOptions = { scenario, seed: seed + run, workers, store, faults };
      const played = await play(history);
      if (played.violation !== undefined) {
        const tries = (count: number) =>
          progress.show(() => `simulation: seed ${history.seed} fails; ${count} tries with less`);
        const smallest = isShrunk ? shrink(history, played, tries) : play({ ...history, traced: true });
        throw broken(history.seed, await smallest);
      }
      report.add(played);
    }
  } finally {
    progress.end();
  }
  const [incomplete] = report.neverCompleted;
  if (incomplete !== undefined) throw neverCompleted(seed, incomplete, report);
  const { ends, faults: injected, crashes, lines, unreached } = report;
  return { runs, ends, faults: injected, crashes, lines, unreached };
}

function broken(seed: number, { violation = "", faults, trace }: PlayedHistory): SimulationFailed {
  const message = [
    `seed ${seed}: ${violation}`,
    `repeat it with { seed: ${seed}, runs: 1 } and the other options as they are`,
    faults.length === 0 ? "it took no fault" : "it took these faults:",
    ...faults.map(({ name, at }) => `  ${at} ms  ${name}`),
    "what happened:",
    ...trace.map((line) => `  ${line}`),
  ];
  return new SimulationFailed(message.join("\n"), { seed, violation, faults: faults.map(({ name }) => name), trace });
}

function neverCompleted(seed: number, name: string, { ends, unreached }: Report): SimulationFailed {
  const counts = Object.entries(ends).map(([status, count]) => `${count} ${status}`);
  const violation = `no saga of ${name} was ever completed (all sagas: ${counts.join(", ")})`;
  const message = [
    violation,
    "never reached:",
    ...unreached.map((line) => `  ${line}`),
    "give participants, inputs or events that let it, or say { mayNeverComplete: true }",
  ];
  return new SimulationFailed(message.join("\n"), { seed, violation, faults: [], trace: [] });
}

type Counts = { [name: string]: number };

class Report implements SimulationReport {
  runs = 0;
  readonly ends: Counts = {};
  readonly faults: Counts = {};
  readonly crashes: Counts = {};
  readonly lines: Counts = {};
  readonly #reach = new Reach();
  #mayNeverComplete = false;

  get unreached(): readonly string[] {
    return this.#reach.unreached();
  }

  get neverCompleted(): readonly string[] {
    return this.#mayNeverComplete ? [] : this.#reach.neverCompleted();
  }

  add(played: PlayedHistory): void {
    const { ends, lines, faults, scenario } = played;
    this.runs += 1;
    this.#mayNeverComplete ||= scenario.mayNeverComplete ?? false;
    this.#reach.add(
      scenario.sagas.map(({ saga }) => saga),
      played,
    );
    for (const [status, count] of Object.entries(ends)) add(this.ends, status, count);
    for (const [kind, count] of Object.entries(lines)) add(this.lines, kind, count);
    for (const { name } of faults) {
      const [kind = "", ...site] = name.split(" ");
      add(this.faults, kind);
      if (kind === "crash") add(this.crashes, boundaryOf(site));
    }
  }
}

/** `before worker 1 commit 3` is `before commit`. */
function boundaryOf([when = "", ...site]: readonly string[]): string {
  const isWhere = when === "before" || when === "after";
  const words = site.slice(isWhere ? site.findIndex((word) => /^\d+$/.test(word)) + 1 : 0);
  return [when, ...words.filter((word) => !/^\d+$/.test(word))].join(" ");
}

function add(counts: Counts, name: string, count = 1): void {
  counts[name] = (counts[name] ?? 0) + count;
}
