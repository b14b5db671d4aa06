import type { FaultInjector } from "./fault-injector.js";
import type { SimulatedTime } from "./simulated-time.js";

/** What every part of one history works with. */
export interface SimulationContext {
  readonly time: SimulatedTime;
  readonly injector: FaultInjector;
  /** Writes a line of what happens, when somebody reads it. */
  readonly trace: (line: () => string) => void;
  /** Ends the simulation with an error that is no broken promise: what it is given does not work. */
  readonly fail: (error: unknown) => void;
  /** Says that a promise has been broken: the history has failed. */
  readonly reportViolation: (violation: string) => void;
}
