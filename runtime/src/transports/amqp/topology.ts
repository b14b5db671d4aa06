/** Names and arguments of exchanges and queues: what a document's channel means on a broker. */
import { randomUUID } from "node:crypto";
import { SagaspecError } from "../../core/errors.js";
import type { Endpoint, Source } from "../../messaging/transport.js";
import { amqpBinding, argumentsOf } from "./bindings.js";
import type { ExchangeOptions, QueueOptions } from "./driver.js";

export interface Exchange {
  readonly name: string;
  readonly type: string;
  readonly options: ExchangeOptions;
}

/** Where a message is published. The default exchange has no name and is never declared. */
export interface Route {
  readonly exchange: string;
  readonly routingKey: string;
  readonly declares?: Exchange;
}

/** A queue to consume from, with all that must exist for messages to reach it. */
export interface Queue {
  readonly name: string;
  readonly options: QueueOptions;
  readonly exchange?: Exchange;
  /** Routing key or pattern that binds it to `exchange`. */
  readonly pattern?: string;
  /** Version 0.1 declared the queue with these: a broker that has it so keeps it. */
  readonly optionsBefore?: QueueOptions;
  /** Ends with its consumers: retries wait in the process, nothing outlasts a restart. */
  readonly isTransient: boolean;
  /** Name before `.retry.<delay>` and `.dead`; without it there are no dead letters. */
  readonly baseName?: string;
  /** The address with its open parameters. The binding's pattern is coarser: deliveries that do not fit are skipped. */
  readonly template?: RegExp;
  /** Deliveries are settled by the broker as it sends them. */
  readonly noAck: boolean;
}

const quorum = { "x-queue-type": "quorum" };
const openParameter = /\{([^{}]+)\}/g;

/** Where a message for `endpoint` goes. */
export function routeOf(endpoint: Endpoint): Route {
  const exchange = exchangeOf(endpoint);
  if (exchange === undefined)
    return { exchange: "", routingKey: amqpBinding(endpoint.bindings).queue?.name ?? endpoint.address };
  const route = { exchange: exchange.name, routingKey: endpoint.address };
  return exchange.name.startsWith("amq.") ? route : { ...route, declares: exchange };
}

/** The queue that `source` consumes. Names made up for one subscriber are new at every call. */
export function queueOf(source: Source): Queue {
  if ("repliesOf" in source) return source.durable ? sharedReplies(source) : privateReplies(source.repliesOf);
  const binding = amqpBinding(source.bindings);
  const exchange = exchangeOf(source);
  const open = openParameters(source.address);
  if (open.length > 0 && (exchange === undefined || exchange.type === "direct"))
    throw closedAddress(source.address, open);
  const declared = binding.queue ?? {};
  // A document that says how the queue is declared says it to all peers: nothing is added.
  const isDeclared = Object.keys(declared).some((key) => key !== "name" && key !== "vhost");
  const copy = exchange !== undefined && source.group === undefined && source.action === "send";
  const shared =
    source.group !== undefined && source.action === "send" ? `${source.group}.${source.address}` : source.address;
  const baseName = declared.name ?? shared;
  const isTransient =
    copy ||
    !source.durable ||
    declared.exclusive === true ||
    declared.autoDelete === true ||
    declared.durable === false;
  const options = {
    durable: declared.durable ?? source.durable,
    exclusive: declared.exclusive ?? false,
    autoDelete: declared.autoDelete ?? !source.durable,
    arguments: argumentsOf(declared),
  };
  const lasting = isTransient
    ? options
    : { ...options, arguments: { ...lastingArguments(source), ...options.arguments } };
  return {
    name: copy ? `${baseName}.${randomUUID()}` : baseName,
    baseName,
    isTransient,
    options: copy
      ? { durable: false, exclusive: true, autoDelete: true, arguments: options.arguments }
      : isDeclared
        ? options
        : lasting,
    ...(isDeclared && !isTransient && !("x-queue-type" in options.arguments) && { optionsBefore: lasting }),
    noAck: binding.ack === false,
    ...(exchange && { exchange, pattern: patternOf(source.address) }),
    ...(open.length > 0 && { template: templateOf(source.address) }),
  };
}

/** The queue in which a message waits before it is delivered once more: one for each delay. */
export function retryQueue(baseName: string, queue: string, delayMs: number): { name: string; options: QueueOptions } {
  return {
    name: `${baseName}.retry.${delayMs}`,
    options: {
      durable: true,
      arguments: {
        ...quorum,
        "x-message-ttl": delayMs,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
      },
    },
  };
}

/** The queue of dead letters. */
export function deadQueue(baseName: string): { name: string; options: QueueOptions } {
  return { name: `${baseName}.dead`, options: { durable: true, arguments: quorum } };
}

/**
 * The nearest of 1, 2, 5, 10, 20, ... tenths of a second, so that jitter does not make a queue for every message. Each
 * stands for what is up to the geometric mean with the next.
 */
export function retryDelayMs(wantedMs: number): number {
  for (let decade = 100; ; decade *= 10) {
    if (wantedMs <= decade * Math.sqrt(2)) return decade;
    if (wantedMs <= decade * Math.sqrt(10)) return decade * 2;
    if (wantedMs <= decade * Math.sqrt(50)) return decade * 5;
  }
}

function sharedReplies(source: Extract<Source, { repliesOf: string }>): Queue {
  const { repliesOf: name } = source;
  return {
    name,
    baseName: name,
    isTransient: false,
    options: { durable: true, arguments: lastingArguments(source) },
    noAck: false,
  };
}

function lastingArguments({ expiresMs }: Source): { readonly [argument: string]: string | number } {
  return expiresMs === undefined ? quorum : { ...quorum, "x-expires": expiresMs };
}

// Not direct reply-to: an exclusive queue is as fast (test/bench/amqp.ts), keeps its address when the connection is made
// anew, and does not tie the replies to the channel that publishes, which one wrong exchange can close.
function privateReplies(name: string): Queue {
  const options = { durable: false, exclusive: true, autoDelete: true };
  return { name: `${name}.${randomUUID()}`, isTransient: true, options, noAck: true };
}

// Undefined is the default exchange, which delivers to the queue of that name.
function exchangeOf(endpoint: Endpoint): Exchange | undefined {
  const { is, exchange } = amqpBinding(endpoint.bindings);
  const named = exchange?.name !== undefined && exchange.name !== "";
  const defaultKind = exchange?.name === "" || exchange?.type === "default";
  if (is === "queue" || defaultKind || (is === undefined && !named && endpoint.action === "receive")) return undefined;
  return {
    name: exchange?.name ?? endpoint.service,
    type: exchange?.type ?? "topic",
    options: {
      durable: exchange?.durable ?? true,
      autoDelete: exchange?.autoDelete ?? false,
      arguments: argumentsOf(exchange ?? {}),
    },
  };
}

function openParameters(address: string): string[] {
  return Array.from(address.matchAll(openParameter), (match) => match[1] ?? "");
}

// A wildcard stands for a whole word between dots.
function patternOf(address: string): string {
  return address
    .split(".")
    .map((word) => (openParameters(word).length > 0 ? "*" : word))
    .join(".");
}

function templateOf(address: string): RegExp {
  const literal = address.split(openParameter).map((part, index) => (index % 2 === 0 ? escaped(part) : ".+"));
  return new RegExp(`^${literal.join("")}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function closedAddress(address: string, open: readonly string[]): SagaspecError {
  return new SagaspecError(
    "invalid-usage",
    `${address}: the parameter ${open.map((name) => `"${name}"`).join(", ")} is open, and a queue has no patterns; give it a value`,
  );
}
