/** Names of topics and groups: what a document's channel means on Kafka. */
import { randomUUID } from "node:crypto";
import { SagaspecError } from "../../core/errors.js";
import type { Endpoint, Source } from "../../messaging/transport.js";
import { openParameters } from "../../wire/address.js";
import { kafkaBinding } from "./bindings.js";

/** A topic, and how it is made where it is missing. */
export interface Topic {
  readonly name: string;
  readonly partitions?: number;
  readonly replicas?: number;
  readonly configuration: { readonly [name: string]: string };
}

/** What a source consumes. */
export interface Subject {
  /** With open parameters: the topics that fit, those that come later included. */
  readonly topic: Topic | { readonly pattern: RegExp };
  readonly groupId: string;
  /** What could not be handled. */
  readonly deadTopic?: Topic;
  /** What is delivered again later; the group reads it too. */
  readonly retryTopic?: Topic;
  /**
   * Where a group without a position begins: commands wait for whoever serves them, events count from the subscription.
   */
  readonly start: "earliest" | "latest";
  /** A group of one, gone with it. */
  readonly isCopy: boolean;
}

const topics = new WeakMap<Endpoint, Topic>();

/** The topic to which a message for `endpoint` is sent; worked out once for each endpoint. */
export function topicOf(endpoint: Endpoint): Topic {
  let topic = topics.get(endpoint);
  if (!topic) {
    topic = readTopic(endpoint);
    topics.set(endpoint, topic);
  }
  return topic;
}

function readTopic(endpoint: Endpoint): Topic {
  const { topic, partitions, replicas, configuration } = kafkaBinding(endpoint.bindings);
  return {
    name: topic ?? topicName(endpoint.address),
    configuration,
    ...(partitions !== undefined && { partitions }),
    ...(replicas !== undefined && { replicas }),
  };
}

/** The topic, and the group that reads it together. Names made up for one subscriber are new at every call. */
export function subjectOf(source: Source): Subject {
  if ("repliesOf" in source) return repliesOf(source.repliesOf, source.expiresMs);
  const binding = kafkaBinding(source.bindings);
  const open = openParameters(source.address).length > 0 && binding.topic === undefined;
  const topic = open ? { pattern: patternOf(source.address) } : topicOf(source);
  const label = open ? topicName(source.address.replace(/\{[^{}]+\}/g, "_")) : topicOf(source).name;
  const isCopy = source.group === undefined && source.action === "send";
  // Two consumers of one group with different topics starve each other, so that the group's name has the topic in it.
  const groupId = isCopy
    ? `${source.service}.${label}.${randomUUID()}`
    : (binding.groupId ?? `${source.group ?? source.service}.${label}`);
  if (isCopy || !source.durable) return { topic, groupId, start: "latest", isCopy: true };
  return {
    topic,
    groupId,
    start: source.action === "receive" ? "earliest" : "latest",
    isCopy: false,
    // They belong to a group: another one must not handle what this one could not.
    deadTopic: { name: `${groupId}.dead`, partitions: 1, configuration: {} },
    retryTopic: { name: `${groupId}.retry`, configuration: {} },
  };
}

function repliesOf(name: string, expiresMs: number | undefined): Subject {
  const topicReplies = topicName(name);
  const configuration = expiresMs === undefined ? {} : { "retention.ms": String(Math.max(expiresMs, 60_000)) };
  return {
    topic: { name: topicReplies, configuration },
    groupId: topicReplies,
    start: "earliest",
    isCopy: false,
    deadTopic: { name: `${topicReplies}.dead`, partitions: 1, configuration: {} },
  };
}

/** Answers to requests of clients that are gone when their process is; nobody reads them after an hour. */
export function privateReplies(service: string): Topic {
  return { name: `${topicName(service)}.replies`, configuration: { "retention.ms": "3600000" } };
}

const longestName = 249;

/**
 * An address as a topic: `/` divides words, as `.` does.
 * @throws SagaspecError `invalid-usage` for one that Kafka cannot have
 */
export function topicName(address: string): string {
  const name = address.replace(/^\/+|\/+$/g, "").replace(/\/+/g, ".");
  if (/^[a-zA-Z0-9._-]+$/.test(name) && name.length <= longestName && !/^\.{1,2}$/.test(name)) return name;
  throw new SagaspecError(
    "invalid-usage",
    `kafka: '${address}' cannot be a topic; use letters, digits, '.', '_', '-' and '/', at most ${longestName}, or name one in the binding: \`topic\``,
  );
}

function patternOf(address: string): RegExp {
  const literal = (text: string) => text.replace(/\/+/g, ".").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const parts = address.replace(/^\/+|\/+$/g, "").split(/\{[^{}]+\}/);
  return new RegExp(`^${parts.map(literal).join("[a-zA-Z0-9_-]+")}$`);
}
