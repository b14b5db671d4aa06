import type { AmqpDriver } from "./driver.js";

/** `verify` never declares what a service shares with others. */
export type TopologyMode = "declare" | "verify";

/** Where to connect, as it is at this moment. */
export interface ConnectionTarget {
  /** With the credentials. */
  readonly url: string;
  readonly socketOptions: object;
}

/** What the parts of one transport share: its settings, with their defaults filled in. */
export interface AmqpContext {
  readonly driver: AmqpDriver;
  /** Called before each attempt to connect; `attempt` counts from 0. */
  target(attempt: number): Promise<ConnectionTarget>;
  readonly topology: TopologyMode;
  readonly heartbeatMs: number;
  /** Also the longest wait for the broker's answer to a call. */
  readonly connectTimeoutMs: number;
  /** How often a broker that never answered is tried. */
  readonly connectAttempts: number;
  readonly reconnectMaxMs: number;
  readonly sendTimeoutMs: number;
  readonly stopTimeoutMs: number;
  readonly maxUnconfirmed: number;
  readonly maxWaiting: number;
  /** Redeliveries by the broker after which a command is dead-lettered: it may kill each process that handles it. */
  readonly deliveryLimit: number;
  /** Reports a problem that no caller gets as an error. */
  warn(error: unknown): void;
}
