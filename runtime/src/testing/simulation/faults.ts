/** What can go wrong in a simulated history. */

/**
 * How often each kind of fault happens, where it can: 0 never, 1 always. Each history has some of the kinds, at a rate
 * that its seed varies around these.
 */
export interface SimulationFaults {
  /** A command or a reply is lost on its way. Messages without a reply are not: nobody would miss them. @default 0.05 */
  readonly drop: number;
  /** A message arrives twice. @default 0.05 */
  readonly duplicate: number;
  /** A message is held back for seconds, often longer than a timeout. @default 0.05 */
  readonly delay: number;
  /** A message is overtaken by others. @default 0.1 */
  readonly reorder: number;
  /** The broker does not confirm a message; it may have it or not. @default 0.02 */
  readonly unconfirmed: number;
  /** A process dies before or after a call to the store, the inbox or the broker, and starts again later. @default 0.01 */
  readonly crash: number;
  /** A process is asked to stop, drains, and another one starts. For each time a process starts. @default 0.2 */
  readonly restart: number;
  /** A process stands still for seconds, and goes on as if nothing had been. @default 0.01 */
  readonly stall: number;
  /** A handler throws, and would not the next time. Only where no participants are given. @default 0.05 */
  readonly handlerError: number;
  /** An operator cancels a saga. For each saga. @default 0.1 */
  readonly cancel: number;
  /** An operator does something else to a saga: pauses it, skips a step, ... For each of five visits. @default 0.2 */
  readonly operatorAct: number;
  /** No operator settles what needs attention. For each history; where one does, every saga ends. @default 0.5 */
  readonly unattended: number;
  /** A call to the store or to the inbox fails. @default 0.02 */
  readonly outage: number;
  /** A write to the store or to the inbox is done, but its answer is lost. @default 0.02 */
  readonly lostResponse: number;
  /** A process loses its connection to the broker for seconds. @default 0.01 */
  readonly disconnect: number;
  /** A process's clock is wrong by up to 1.5 seconds. For each time a process starts. @default 0.5 */
  readonly skew: number;
}

/** A kind of fault. */
export type FaultKind = keyof SimulationFaults;

/** How often faults happen by default. */
export const usualFaults: SimulationFaults = {
  drop: 0.05,
  duplicate: 0.05,
  delay: 0.05,
  reorder: 0.1,
  unconfirmed: 0.02,
  crash: 0.01,
  restart: 0.2,
  stall: 0.01,
  handlerError: 0.05,
  cancel: 0.1,
  operatorAct: 0.2,
  unattended: 0.5,
  outage: 0.02,
  lostResponse: 0.02,
  disconnect: 0.01,
  skew: 0.5,
};

export const faultKinds = Object.keys(usualFaults) as readonly FaultKind[];
