import type { Endpoint, Outgoing } from "@sagaspec/runtime";
import { createMemoryTransport, type Faults } from "@sagaspec/runtime/memory";
import { describe, expect, it } from "vitest";
import { until } from "./conformance/transport.js";

const to: Endpoint = { address: "commands", service: "s", action: "receive" };
const source = { ...to, group: "g", durable: true };
const message = (id: string, more: Partial<Outgoing> = {}): Outgoing => ({
  to,
  id,
  type: "t",
  body: new Uint8Array(0),
  contentType: "application/json",
  headers: {},
  sentAt: 0,
  ...more,
});

async function deliveriesWith(faults: Faults): Promise<string[]> {
  const transport = createMemoryTransport({ faults });
  const got: string[] = [];
  await transport.subscribe(source, { prefetch: 10 }, (batch) => {
    for (const incoming of batch) {
      got.push(incoming.id);
      incoming.settle("ack");
    }
  });
  await transport.send(Array.from({ length: 100 }, (_, index) => message(String(index))));
  await new Promise((resolve) => setTimeout(resolve, 60));
  await transport.close();
  return got;
}

describe("the memory transport", () => {
  it("repeats its misfortunes from the seed", async () => {
    const faults = { seed: 7, drop: 0.1, duplicate: 0.1, reorder: 0.3 };
    const [one, two, other] = await Promise.all([
      deliveriesWith(faults),
      deliveriesWith(faults),
      deliveriesWith({ ...faults, seed: 8 }),
    ]);
    expect(one).toEqual(two);
    expect(one).not.toEqual(other);
    expect(new Set(one).size).toBeLessThan(100);
    expect(one.length).toBeGreaterThan(new Set(one).size);
    expect(one).not.toEqual([...one].sort((a, b) => Number(a) - Number(b)));
  });

  it("holds messages back, and loses none by it", async () => {
    const got = await deliveriesWith({ seed: 1, delay: 0.5, maxDelayMs: 20 });
    expect(new Set(got).size).toBe(100);
    expect(got).not.toEqual([...got].sort((a, b) => Number(a) - Number(b)));
  });

  it("says that it does not know when a queue is full", async () => {
    const transport = createMemoryTransport({ capacity: 2 });
    await transport.prepare([source], "declare");
    const sent = await transport.send([message("1"), message("2"), message("3")]);
    expect(sent).toEqual(["accepted", "accepted", "unknown"]);
    await transport.close();
  });

  it("lists expired messages among the dead letters", async () => {
    const transport = createMemoryTransport();
    await transport.prepare([source], "declare");
    await transport.send([message("old", { expiresAt: Date.now() - 1 })]);
    await transport.subscribe(source, { prefetch: 1 }, () => {});
    await until(() => transport.deadLetters().length === 1, "the dead letter");
    expect(transport.deadLetters()[0]).toMatchObject({
      reason: "expired",
      queue: "g.commands",
      message: { id: "old" },
    });
    await transport.close();
  });

  it("keeps only the newest dead letters", async () => {
    const transport = createMemoryTransport({ deadLetters: 2 });
    await transport.subscribe(source, { prefetch: 1 }, ([incoming]) => incoming?.settle({ dead: incoming.id }));
    await transport.send(["1", "2", "3"].map((id) => message(id)));
    await until(() => transport.deadLetters().at(-1)?.reason === "3", "the last one");
    expect(transport.deadLetters().map(({ reason }) => reason)).toEqual(["2", "3"]);
    await transport.close();
  });

  it("says what is missing when it is to verify", async () => {
    const transport = createMemoryTransport();
    await expect(transport.prepare([source], "verify")).rejects.toThrow(
      '[topology-mismatch] memory transport: no queue "g.commands"',
    );
    await transport.prepare([source], "declare");
    await transport.prepare([source], "verify");
    await transport.close();
  });
});
