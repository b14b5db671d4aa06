/** The part of kafkajs that is used, by shape, so that the runtime installs no driver. */
import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";

export interface KafkaDriver {
  readonly Kafka: new (config: KafkaConfig) => KafkaClient;
  readonly Partitioners: { readonly JavaCompatiblePartitioner: () => KafkaPartitioner };
  readonly AssignerProtocol: {
    readonly MemberMetadata: { encode(metadata: { version: number; topics: string[]; userData: Buffer }): Buffer };
    readonly MemberAssignment: {
      encode(assigned: { version: number; assignment: { [topic: string]: number[] }; userData: Buffer }): Buffer;
    };
  };
}

export interface KafkaConfig {
  brokers: string[];
  clientId: string;
  // biome-ignore lint/suspicious/noExplicitAny: what kafkajs takes for one of its mechanisms is the program's own affair
  sasl?: any;
  ssl?: ConnectionOptions | boolean;
  connectionTimeout: number;
  requestTimeout: number;
  retry: KafkaRetry;
  socketFactory: (to: { host: string; port: number; ssl: ConnectionOptions; onConnect: () => void }) => Socket;
  logLevel: number;
}

export interface KafkaRetry {
  initialRetryTime: number;
  maxRetryTime: number;
  retries: number;
}

export interface KafkaClient {
  producer(config: {
    idempotent: boolean;
    maxInFlightRequests: number;
    allowAutoTopicCreation: boolean;
    createPartitioner: () => KafkaPartitioner;
    retry: KafkaRetry;
  }): KafkaProducer;
  consumer(config: {
    groupId: string;
    allowAutoTopicCreation: boolean;
    sessionTimeout: number;
    rebalanceTimeout: number;
    heartbeatInterval: number;
    maxWaitTimeInMs: number;
    metadataMaxAge: number;
    retry: KafkaRetry & { restartOnFailure: () => Promise<boolean> };
    partitionAssigners?: KafkaAssigner[];
  }): KafkaConsumer;
  admin(config: { retry: KafkaRetry }): KafkaAdmin;
}

export type KafkaPartitioner = (of: {
  topic: string;
  // biome-ignore lint/suspicious/noExplicitAny: the driver's own record, of which only the number counts
  partitionMetadata: any[];
  message: { key?: string | Buffer | null; value: Buffer | string | null; partition?: number };
}) => number;

/** A record on its way out. */
export interface KafkaRecord {
  key: string | Buffer | null;
  value: Buffer | null;
  headers: { [name: string]: Buffer | string };
  timestamp: string;
  partition?: number;
}

export interface KafkaProducer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  sendBatch(batch: {
    acks: number;
    timeout: number;
    compression?: number;
    topicMessages: { topic: string; messages: KafkaRecord[] }[];
  }): Promise<unknown>;
}

/** A record as it arrives. */
export interface KafkaMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: string;
  readonly offset: string;
  readonly headers?: { readonly [name: string]: Buffer | string | (Buffer | string)[] | undefined } | undefined;
}

export interface KafkaBatch {
  readonly batch: {
    readonly topic: string;
    readonly partition: number;
    readonly messages: readonly KafkaMessage[];
    lastOffset(): string;
  };
  resolveOffset(offset: string): void;
  heartbeat(): Promise<void>;
  isRunning(): boolean;
  isStale(): boolean;
}

export interface KafkaConsumer {
  // biome-ignore lint/suspicious/noExplicitAny: the driver declares one overload for each of its events
  on(event: any, listener: (event: { readonly payload: any }) => void): unknown;
  connect(): Promise<void>;
  subscribe(to: { topics: string[]; fromBeginning: boolean }): Promise<void>;
  run(config: {
    autoCommit: boolean;
    eachBatchAutoResolve: boolean;
    partitionsConsumedConcurrently: number;
    eachBatch(batch: KafkaBatch): Promise<void>;
  }): Promise<void>;
  commitOffsets(offsets: { topic: string; partition: number; offset: string }[]): Promise<void>;
  seek(to: { topic: string; partition: number; offset: string }): void;
  pause(topics: { topic: string; partitions?: number[] }[]): void;
  resume(topics: { topic: string; partitions?: number[] }[]): void;
  stop(): Promise<void>;
  disconnect(): Promise<void>;
}

export interface KafkaAdmin {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  createTopics(options: {
    waitForLeaders: boolean;
    topics: {
      topic: string;
      numPartitions?: number;
      replicationFactor?: number;
      configEntries?: { name: string; value: string }[];
    }[];
  }): Promise<boolean>;
  fetchTopicMetadata(): Promise<{
    topics: { readonly name: string; readonly partitions: { readonly leader: number }[] }[];
  }>;
  fetchTopicOffsets(
    topic: string,
  ): Promise<{ readonly partition: number; readonly high: string; readonly low: string }[]>;
  fetchOffsets(of: {
    groupId: string;
    topics?: string[];
  }): Promise<
    { readonly topic: string; readonly partitions: { readonly partition: number; readonly offset: string }[] }[]
  >;
  deleteGroups(groupIds: string[]): Promise<unknown>;
}

// biome-ignore lint/suspicious/noExplicitAny: handed on to the driver as it is
export type KafkaAssigner = any;
