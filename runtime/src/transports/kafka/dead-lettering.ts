/** Records to be delivered later, and dead letters: written to another topic, then settled. */
import type { KafkaMessage } from "./driver.js";
import { bookkeeping, type Place } from "./message.js";
import type { Publisher } from "./publisher.js";
import type { Topics } from "./topics.js";
import type { Subject, Topic } from "./topology.js";

export interface DeadLettering {
  /** Each says whether the record is safe elsewhere. */
  dead(record: KafkaMessage, from: Place, deliveries: number, reason: string): Promise<boolean>;
  retry(record: KafkaMessage, from: Place, deliveries: number, retryInMs: number): Promise<boolean>;
  /** Milliseconds until a record of a retry topic is due; 0 for any other. */
  dueInMs(record: KafkaMessage): number;
}

export function createDeadLettering(publisher: Publisher, topics: Topics, subject: Subject): DeadLettering {
  async function move(
    to: Topic,
    record: KafkaMessage,
    from: Place,
    added: { readonly [name: string]: string },
  ): Promise<boolean> {
    await topics.ensure(to);
    const origin = originOf(record, from);
    const headers = { ...rawHeaders(record), ...origin, ...added };
    const { key, value, timestamp } = record;
    const [sent] = await publisher.publish([{ topic: to.name, record: { key, value, headers, timestamp } }]);
    if (sent === "accepted") return true;
    if (typeof sent !== "object" || sent.retryable) return false;
    // One that is too large with what is added: the reason is kept, without the body.
    const short = { ...origin, ...added, "x-body-dropped": sent.refused.slice(0, 1_000) };
    const [again] = await publisher.publish([
      { topic: to.name, record: { key: null, value: null, headers: short, timestamp } },
    ]);
    return again === "accepted";
  }

  return {
    async dead(record, from, deliveries, reason) {
      if (!subject.deadTopic) return true;
      return move(subject.deadTopic, record, from, {
        [bookkeeping.deliveries]: String(deliveries),
        [bookkeeping.reason]: reason.slice(0, 2_000),
        [bookkeeping.time]: String(Date.now()),
      });
    },
    async retry(record, from, deliveries, retryInMs) {
      if (!subject.retryTopic) return false;
      return move(subject.retryTopic, record, from, {
        [bookkeeping.deliveries]: String(deliveries),
        [bookkeeping.retryAt]: String(Date.now() + retryInMs),
      });
    },
    dueInMs(record) {
      const at = record.headers?.[bookkeeping.retryAt];
      const due = at === undefined ? Number.NaN : Number(String(at));
      return Number.isNaN(due) ? 0 : Math.max(0, due - Date.now());
    },
  };
}

/** Where a record was first. Replaced and never appended to: headers that grow end in a record that is too large. */
function originOf(record: KafkaMessage, from: Place): { readonly [name: string]: string } {
  const { headers = {} } = record;
  const own = [bookkeeping.topic, bookkeeping.partition, bookkeeping.offset].map((name) => headers[name]);
  const [topic, partition, offset] = own.map((value) => (value === undefined ? undefined : String(value)));
  return {
    [bookkeeping.topic]: topic ?? from.topic,
    [bookkeeping.partition]: partition ?? String(from.partition),
    [bookkeeping.offset]: offset ?? record.offset,
  };
}

function rawHeaders(record: KafkaMessage): { [name: string]: Buffer | string } {
  const headers: { [name: string]: Buffer | string } = {};
  for (const [name, value] of Object.entries(record.headers ?? {})) {
    const one = Array.isArray(value) ? value.at(-1) : value;
    if (one !== undefined && one !== null) headers[name] = one;
  }
  return headers;
}
