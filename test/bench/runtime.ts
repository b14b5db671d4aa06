// How fast messages go when nothing but the runtime is in the way.
import { createClient, type Endpoint, serve } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { kitchen } from "../fixtures/kitchen.js";

export interface RuntimeBench {
  /** One way: sent, delivered, acknowledged. Messages a second. */
  readonly oneWayPerSecond: number;
  /** Request and reply with validation, inbox and correlation, 256 at a time. Round trips a second. */
  readonly roundTripsPerSecond: number;
  /** The same, one after the other: median in microseconds. */
  readonly roundTripMicroseconds: number;
}

export async function benchRuntime(scale = 1): Promise<RuntimeBench> {
  return {
    oneWayPerSecond: await oneWay(Math.round(500_000 * scale)),
    ...(await roundTrips(Math.round(100_000 * scale))),
  };
}

async function oneWay(count: number): Promise<number> {
  const transport = createMemoryTransport();
  const to: Endpoint = { address: "bench", service: "bench", action: "receive" };
  const body = Buffer.from('{"orderId":1}');
  let done = () => {};
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  let seen = 0;
  await transport.subscribe({ ...to, group: "g", durable: true }, { prefetch: 1_000 }, (batch) => {
    for (const incoming of batch) incoming.settle("ack");
    seen += batch.length;
    if (seen === count) done();
  });
  const start = performance.now();
  for (let sent = 0; sent < count; sent += 256) {
    const size = Math.min(256, count - sent);
    const common = { to, type: "t", body, contentType: "application/json", headers: {}, sentAt: Date.now() };
    await transport.send(Array.from({ length: size }, (_, index) => ({ ...common, id: `m${sent + index}` })));
    if (sent % 8_192 === 0) await new Promise(setImmediate);
  }
  await finished;
  const seconds = (performance.now() - start) / 1_000;
  await transport.close();
  return count / seconds;
}

async function roundTrips(count: number) {
  const transport = createMemoryTransport();
  const server = await serve(
    kitchen,
    {
      createTicket: ({ orderId }) => ({ ticketId: orderId }),
      cancelTicket() {},
      weigh: (payload) => ({ name: "light", payload }),
      clean() {},
    },
    transport,
    { prefetch: 256 },
  );
  const client = createClient(kitchen, transport);
  let orderId = 0;
  const ask = () => client.createTicket({ orderId: ++orderId, dishes: ["soup"] });
  const askInTurn = async (times: number) => {
    for (let time = 0; time < times; time += 1) await ask();
  };
  const together = (times: number) => Promise.all(Array.from({ length: 256 }, () => askInTurn(Math.ceil(times / 256))));
  await together(count / 10);
  const start = performance.now();
  await together(count);
  const seconds = (performance.now() - start) / 1_000;
  const single: number[] = [];
  for (let time = 0; time < Math.max(100, count / 20); time += 1) {
    const before = performance.now();
    await ask();
    single.push(performance.now() - before);
  }
  await server.close();
  await transport.close();
  const median = single.sort((a, b) => a - b)[single.length >> 1] as number;
  return { roundTripsPerSecond: (Math.ceil(count / 256) * 256) / seconds, roundTripMicroseconds: median * 1_000 };
}
