import type { SimulationFaults } from "./faults.js";
import type { Scenario, SimulatedHistory } from "./scenario.js";

/** What is simulated, how often, and with which faults. */
export type SimulateOptions = SimulationOptions &
  (
    | Scenario
    /** Made anew for every history, where services or sagas have a state of their own. */
    | { readonly scenario: (history: SimulatedHistory) => Scenario }
  );

/** How a simulation is carried out. */
export interface SimulationOptions {
  /** How many histories. @default 100 */
  readonly runs?: number;
  /** Seed of the first history; the others follow. @default 1 */
  readonly seed?: number;
  /** Workers that share the store and the broker. @default 2 */
  readonly workers?: number;
  /**
   * Where sagas and inboxes are kept: `sqlite` in files that a process opens anew each time it starts. One process owns
   * a file: then there is one worker, and one process of each service. @default "memory"
   */
  readonly store?: "memory" | "sqlite";
  /** Whether a history that fails is tried again with ever fewer faults, so that it tells more. @default true */
  readonly shrink?: boolean;
  /**
   * Whether a line on stderr, redrawn in place, says how many histories have been played.
   * @default on a terminal, and not where `CI` is set
   */
  readonly progress?: boolean;
  /** How often faults happen, where it is not as usual. @default as {@link SimulationFaults} says */
  readonly faults?: Partial<SimulationFaults>;
}

/** What a simulation has seen. */
export interface SimulationReport {
  readonly runs: number;
  /** How many sagas ended in which way. */
  readonly ends: { readonly [status: string]: number };
  /** How often each kind of fault happened. */
  readonly faults: { readonly [kind: string]: number };
  /** How often processes died at each boundary: `"before commit"`, `"after send"`, ... */
  readonly crashes: { readonly [boundary: string]: number };
  /** How often each kind of line stands in the histories of the sagas. */
  readonly lines: { readonly [kind: string]: number };
  /**
   * One sentence for each step that never began, wait that no message ended, step that was never compensated, case that
   * was never taken, and definition of which no saga was completed.
   */
  readonly unreached: readonly string[];
}
