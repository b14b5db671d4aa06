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
  /**
   * The broker does not take a message: for now, as when a queue is full, or for good, as when it is too large.
   * @default 0.02
   */
  readonly refused: number;
  /**
   * A message of another program arrives beside one of ours: its body is cut off, is no UTF-8, does not fit its schema, is
   * nested too deep to be read, or its type is unknown. A reply arrives in its place. @default 0.02
   */
  readonly malformed: number;
  /** A reply or an event holds what the store cannot keep, as PostgreSQL no NUL in a text. @default 0.01 */
  readonly unstorable: number;
  /** A process dies before or after a call to the store, the inbox or the broker, and starts again later. @default 0.01 */
  readonly crash: number;
  /** A process is asked to stop, drains, and another one starts. For each time a process starts. @default 0.2 */
  readonly restart: number;
  /** A process stands still for seconds, and goes on as if nothing had been. @default 0.01 */
  readonly stall: number;
  /** A callback throws, or rejects: `onProblem`, `logger`, `observe`. For each of its calls. @default 0.05 */
  readonly callbackError: number;
  /** A process of a service is of the version before, which knows one operation less. For each start. @default 0.1 */
  readonly oldVersion: number;
  /** A saga is started by a process that is no worker, and that leaves at once. For each saga with an input. @default 0.1 */
  readonly starter: number;
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
  /** All connections of a process to the store are taken: its calls wait for seconds, or fail then. @default 0.003 */
  readonly exhausted: number;
  /** A process loses its connection to the broker for seconds; its private queues have other names then. @default 0.01 */
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
  refused: 0.02,
  malformed: 0.02,
  unstorable: 0.01,
  crash: 0.01,
  restart: 0.2,
  stall: 0.01,
  callbackError: 0.05,
  oldVersion: 0.1,
  starter: 0.1,
  handlerError: 0.05,
  cancel: 0.1,
  operatorAct: 0.2,
  unattended: 0.5,
  outage: 0.02,
  lostResponse: 0.02,
  exhausted: 0.003,
  disconnect: 0.01,
  skew: 0.5,
};

export const faultKinds = Object.keys(usualFaults) as readonly FaultKind[];
