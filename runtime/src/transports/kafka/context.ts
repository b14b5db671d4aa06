import type { Duration } from "../../core/duration.js";
import type { ReportProblem } from "../../core/problems.js";
import type { KafkaClient, KafkaDriver } from "./driver.js";

/** `verify` never makes topics. */
export type KafkaTopology = "declare" | "verify";

/** What the parts of one transport share: its settings, with their defaults filled in. */
export interface KafkaContext {
  readonly driver: KafkaDriver;
  /** A client for the brokers and credentials as they are at this moment. Sockets that fall silent are closed. */
  connect(): Promise<KafkaClient>;
  /** Closes every socket to a broker that no longer answers, so that the driver opens another. */
  cutSilent(broker: string): void;
  readonly topology: KafkaTopology;
  /** Partitions of topics that are made without a word in the document. */
  readonly partitions: number;
  readonly replicas: number;
  readonly requestTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly stopTimeoutMs: number;
  readonly maxWaiting: number;
  readonly compression: number;
  /** Whether the next message of a key waits while the one before is retried. */
  readonly holdsKeys: boolean;
  /** A pause before the next delivery that is longer than this is spent in the retry topic. */
  readonly longestRestMs: number;
  readonly report: ReportProblem;
}

export type { Duration };
