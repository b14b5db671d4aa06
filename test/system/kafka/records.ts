// What the tests of the Kafka transport send and collect.
import type { Endpoint, Incoming, Outgoing, Source, Transport } from "@sagaspec/runtime";
import { createKafkaTransport, type KafkaTransportOptions } from "@sagaspec/runtime/kafka";
import kafkajs from "kafkajs";

let counter = 0;

/** A name that no other test has. */
export const unique = (name: string): string => `${name}.${process.pid}.${Date.now().toString(36)}.${++counter}`;

export function commandsOf(service: string): Endpoint & Source {
  return { address: service, service, action: "receive", group: service, durable: true } as Endpoint & Source;
}

export function messageTo(to: Outgoing["to"], id: string, body: string, more: Partial<Outgoing> = {}): Outgoing {
  const content = { body: Buffer.from(body), contentType: "application/json", headers: {} };
  return { to, id, type: "test", ...content, sentAt: Date.now(), ...more };
}

export const transportTo = (brokers: readonly string[], more: Partial<KafkaTransportOptions> = {}): Transport =>
  createKafkaTransport({ kafkajs, brokers, onProblem() {}, ...more });

/** A client that knows nothing of Sagaspec. */
export const plain = (brokers: readonly string[]): InstanceType<typeof kafkajs.Kafka> =>
  new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });

export const text = (incoming: Pick<Incoming, "body">): string => Buffer.from(incoming.body).toString("utf8");

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(condition: () => boolean, what: string, withinMs = 60_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pause(10);
  }
}
