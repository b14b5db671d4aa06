/** One message that the broker does not take harms no other, and its sender learns why. */
import type { Transport } from "@sagaspec/runtime";
import { type AmqpTransportOptions, createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { commands, events, eventually, message, recorder } from "../../support/amqp-messages.js";
import { findBroker } from "../../support/rabbitmq.js";

const broker = await findBroker();
const url = broker?.url ?? "";
const transports: Transport[] = [];
let count = 0;

function transport(options: AmqpTransportOptions = {}): Transport {
  const made = createAmqpTransport({ amqplib, url, onProblem() {}, ...options });
  transports.push(made);
  return made;
}

function queueName(): string {
  return `${broker?.prefix}.refused.${++count}`;
}

afterEach(async () => {
  await Promise.all(transports.splice(0).map((one) => one.close()));
});
afterAll(() => broker?.release());

describe.skipIf(!broker)("a message that closes the broker's channel", () => {
  it("is refused with the broker's reason, and the messages beside it arrive", async () => {
    const one = transport();
    const to = commands(queueName());
    await one.prepare([to], "declare");
    const poison = { ...to, bindings: { amqp: { userId: "somebody-else" } } };
    const batch = Array.from({ length: 100 }, (_, index) =>
      message(index === 37 || index === 80 ? poison : to, { id: `m${index}` }),
    );
    const sent = await one.send(batch);
    const { seen, on } = recorder();
    await one.subscribe(to, { prefetch: 100 }, on);
    for (const [index, result] of sent.entries()) {
      if (index !== 37 && index !== 80) expect(result, `message ${index}`).toBe("accepted");
      else expect(result).toMatchObject({ refused: expect.stringContaining("user_id"), retryable: false });
    }
    await eventually(() => new Set(seen.map(({ id }) => id)).size === 98);
    expect(await one.send([message(to)])).toEqual(["accepted"]);
  });

  it("is refused whatever it is that the broker does not like about it", async () => {
    const one = transport();
    const to = commands(queueName());
    await one.prepare([to], "declare");
    const poison = message(to, { headers: { BCC: "no list" } });
    const [other, sent, ...last] = await one.send([message(to), poison, message(to), poison]);
    expect([other, last[0]]).toEqual(["accepted", "accepted"]);
    for (const refused of [sent, last[1]]) {
      expect(refused).toMatchObject({ refused: expect.stringContaining("BCC"), retryable: false });
    }
  });
});

describe.skipIf(!broker)("a message that a full queue does not take", () => {
  it("is refused for now, and the next ones are sent", async () => {
    const one = transport({ maxUnconfirmed: 2 });
    const name = queueName();
    const full = commands(name, {
      bindings: {
        amqp: { queue: { durable: true, "x-max-length": 1, "x-overflow": "reject-publish" } },
      },
    });
    const other = commands(queueName());
    await one.prepare([full, other], "declare");
    const batch = [1, 2, 3, 4, 5, 6, 7, 8].map(() => message(full));
    const sent = await one.send([...batch, message(other), message(other)]);
    expect(sent.filter((result) => result === "accepted").length).toBeLessThan(6);
    expect(sent.filter((result) => typeof result === "object" && result.retryable).length).toBeGreaterThan(3);
    expect(sent.slice(-2)).toEqual(["accepted", "accepted"]);
  });
});

describe.skipIf(!broker)("a message that AMQP cannot carry", () => {
  it("is refused with the reason, and one of the same id that waits behind another is still sent", async () => {
    const one = transport({ sendTimeout: "3s" });
    const to = commands(queueName());
    await one.prepare([to], "declare");
    const soon = Date.now() - 1;
    const sent = await one.send([
      message(to, { id: "same" }),
      message(to, { id: "same", expiresAt: soon }),
      message(to, { id: "same", correlationId: "c".repeat(300) }),
      message(to, { id: "same" }),
    ]);
    expect(sent[0]).toBe("accepted");
    expect(sent[1]).toBe("unknown");
    expect(sent[2]).toMatchObject({ refused: expect.any(String), retryable: false });
    expect(sent[3]).toBe("accepted");
  });

  it("is refused for a routing key of more than 255 bytes, also where nobody has to listen", async () => {
    const one = transport();
    const to = events(`a.${"b".repeat(300)}`, `${broker?.prefix}.service`);
    expect(await one.send([message(to)])).toEqual([{ refused: expect.any(String), retryable: false }]);
  });

  it("may expire later than AMQP can say", async () => {
    const one = transport();
    const to = commands(queueName());
    await one.prepare([to], "declare");
    const inACentury = Date.now() + 100 * 365 * 86_400_000;
    expect(await one.send([message(to, { expiresAt: inACentury })])).toEqual(["accepted"]);
  });
});
