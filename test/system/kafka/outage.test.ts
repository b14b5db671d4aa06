import type { Incoming } from "@sagaspec/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KafkaBroker, startKafka } from "../../support/kafka.js";
import { commandsOf, messageTo, pause, text, transportTo, unique, until } from "./records.js";

const broker: KafkaBroker | undefined = await startKafka();
afterAll(() => broker?.release());

/** Long enough to hear of a rebalance in every phase; `KAFKA_CHAOS_SECONDS=60` for the whole of it. */
const seconds = Number(process.env.KAFKA_CHAOS_SECONDS ?? 8);

describe.skipIf(!broker)("Kafka, when something goes wrong", () => {
  let brokers: readonly string[] = [];
  beforeAll(() => {
    brokers = [broker?.address ?? ""];
  });

  /** Sends messages of some keys at a steady rate until it is told to end; remembers which were accepted. */
  function sender(service: string, perSecond: number) {
    const transport = transportTo(brokers);
    const to = commandsOf(service);
    const accepted = new Set<string>();
    const sending: Promise<void>[] = [];
    let next = 0;
    const timer = setInterval(() => {
      const batch = Array.from({ length: Math.round(perSecond / 20) }, () => {
        const body = String(next++);
        return messageTo(to, body, body, { partitionKey: `k${Number(body) % 50}` });
      });
      const sent = transport.send(batch).then((results) => {
        results.forEach((result, index) => {
          if (result === "accepted") accepted.add(batch[index]?.id ?? "");
        });
      });
      sending.push(sent);
    }, 50);
    return {
      accepted,
      transport,
      async end() {
        clearInterval(timer);
        await Promise.all(sending);
      },
    };
  }

  /** Takes messages, remembers the order of each key, and settles after a moment. */
  function receiver() {
    const got = new Set<string>();
    const last = new Map<string, number>();
    const disorder: string[] = [];
    let heardAt = Date.now();
    return {
      got,
      disorder,
      heardAt: () => heardAt,
      on(batch: readonly Incoming[]) {
        for (const incoming of batch) {
          heardAt = Date.now();
          const number = Number(text(incoming));
          const key = incoming.partitionKey ?? "";
          setTimeout(() => {
            // What comes a second time has been here before; only what is new must be in order.
            if (!got.has(incoming.id)) {
              if ((last.get(key) ?? -1) > number) disorder.push(`${key}: ${number} after ${last.get(key)}`);
              last.set(key, number);
            }
            got.add(incoming.id);
            incoming.settle("ack");
          }, 2);
        }
      },
    };
  }

  test("a broker that is killed loses nothing that was accepted, and is heard within 5 s of its return", async () => {
    const service = unique("killed");
    const consuming = transportTo(brokers);
    const { got, heardAt, on } = receiver();
    await consuming.subscribe(commandsOf(service), { prefetch: 200 }, on);
    const one = sender(service, 500);
    await pause(1_500);
    await broker?.kill();
    await pause(2_000);
    await broker?.start();
    const back = Date.now();
    await until(() => heardAt() > back, "a message after the return");
    expect(heardAt() - back).toBeLessThan(5_000);
    await pause(1_000);
    await one.end();
    await until(() => [...one.accepted].every((id) => got.has(id)), "all that was accepted");
    expect(one.accepted.size).toBeGreaterThan(500);
    await Promise.all([consuming.close(), one.transport.close()]);
  });

  test("a broker that falls silent counts as lost, and is used again when it speaks", async () => {
    const service = unique("silent");
    const consuming = transportTo(brokers, { requestTimeout: "2s" });
    const { got, on } = receiver();
    const subscription = await consuming.subscribe(commandsOf(service), { prefetch: 200 }, on);
    const to = commandsOf(service);
    expect(await consuming.send([messageTo(to, "before", "1")])).toEqual(["accepted"]);
    await until(() => got.has("before"), "the first message");
    broker?.freeze();
    await until(() => !subscription.connected(), "the loss to be noticed");
    broker?.thaw();
    await until(() => subscription.connected(), "the return to be noticed");
    let result: unknown;
    for (let attempt = 0; result !== "accepted" && attempt < 20; attempt++) {
      [result] = await consuming.send([messageTo(to, "after", "2")]);
    }
    await until(() => got.has("after"), "a message after the silence");
    await consuming.close();
  });

  test("members that come and go lose nothing and keep the order of each key", async () => {
    const service = unique("rebalanced");
    const { got, disorder, on } = receiver();
    const first = transportTo(brokers);
    await first.subscribe(commandsOf(service), { prefetch: 200 }, on);
    const one = sender(service, 1_000);
    for (const end = Date.now() + seconds * 1_000; Date.now() < end; ) {
      const second = transportTo(brokers);
      await second.subscribe(commandsOf(service), { prefetch: 200 }, on);
      await pause(1_000);
      await second.close();
      await pause(500);
    }
    await one.end();
    await until(() => [...one.accepted].every((id) => got.has(id)), "all that was accepted");
    expect(disorder).toEqual([]);
    await Promise.all([first.close(), one.transport.close()]);
  });
});
