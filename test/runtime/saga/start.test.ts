import { saga } from "@sagaspec/runtime";
import { describe, expect, test } from "vitest";
import { parseCron } from "../../../runtime/src/saga/define/cron.js";
import { OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";
import { useWorld, type World } from "../../support/saga/world.js";

const world = useWorld();

describe("cron", () => {
  const at = (text: string) => Date.parse(text);
  const next = (cron: string, from: string) => new Date(parseCron(cron).next(at(from)) ?? 0).toISOString();
  const previous = (cron: string, from: string) => new Date(parseCron(cron).previous(at(from)) ?? 0).toISOString();

  test("finds the next and the latest tick", () => {
    expect(next("0 6 * * MON-FRI", "2026-01-02T06:00:00Z")).toBe("2026-01-05T06:00:00.000Z");
    expect(previous("0 6 * * MON-FRI", "2026-01-05T05:59:59Z")).toBe("2026-01-02T06:00:00.000Z");
    expect(previous("0 6 * * *", "2026-01-05T06:00:00Z")).toBe("2026-01-05T06:00:00.000Z");
    expect(next("*/15 9-10 1,15 * *", "2026-01-01T10:45:00Z")).toBe("2026-01-15T09:00:00.000Z");
    expect(next("0 0 29 FEB *", "2096-03-01T00:00:00Z")).toBe("2104-02-29T00:00:00.000Z");
    expect(next("0 0 * * 7", "2026-01-01T00:00:00Z")).toBe("2026-01-04T00:00:00.000Z");
    expect(next("0 0 13 * FRI", "2026-01-01T00:00:00Z")).toBe("2026-01-02T00:00:00.000Z");
  });

  test("says what is wrong with an expression", () => {
    expect(() => parseCron("* * *")).toThrow('cron "* * *": it has 3 fields instead of 5');
    expect(() => parseCron("61 * * * *")).toThrow('"61" is no minute');
    expect(() => parseCron("* * * * FUN")).toThrow('"FUN" is no day of week');
  });
});

describe("in a time zone a cron expression means the clock on the wall:", () => {
  const ticks = (cron: string, zone: string, from: string, count: number) => {
    const { next, previous } = parseCron(cron, zone);
    const found: number[] = [];
    for (let at = Date.parse(from); found.length < count; ) {
      at = next(at) ?? Number.NaN;
      // Both directions agree on what is a tick.
      expect(previous(at)).toBe(at);
      found.push(at);
    }
    return found.map((at) => new Date(at).toISOString().slice(0, 16));
  };

  test("a usual day", () => {
    expect(ticks("30 6 * * *", "Europe/Berlin", "2026-01-10T00:00Z", 1)).toEqual(["2026-01-10T05:30"]);
    expect(ticks("30 6 * * *", "America/New_York", "2026-07-10T00:00Z", 1)).toEqual(["2026-07-10T10:30"]);
    expect(ticks("0 0 * * MON", "Asia/Kathmandu", "2026-01-10T00:00Z", 1)).toEqual(["2026-01-11T18:15"]);
  });

  test("an hour that is missing: when the clocks pass over it", () => {
    expect(ticks("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00Z", 3)).toEqual([
      "2026-03-28T01:30",
      "2026-03-29T01:00",
      "2026-03-30T00:30",
    ]);
    expect(ticks("30 2 * * *", "America/New_York", "2026-03-07T12:00Z", 2)).toEqual([
      "2026-03-08T07:00",
      "2026-03-09T06:30",
    ]);
    expect(ticks("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15Z", 3)).toEqual([
      "2026-03-29T00:30",
      "2026-03-29T01:00",
      "2026-03-29T01:30",
    ]);
  });

  test("an hour that is doubled: the first time, or both where the hour is any", () => {
    expect(ticks("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", 2)).toEqual([
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
    expect(ticks("30 1 * * *", "America/New_York", "2026-10-31T12:00Z", 2)).toEqual([
      "2026-11-01T05:30",
      "2026-11-02T06:30",
    ]);
    expect(ticks("30 * * * *", "America/New_York", "2026-11-01T05:00Z", 3)).toEqual([
      "2026-11-01T05:30",
      "2026-11-01T06:30",
      "2026-11-01T07:30",
    ]);
  });

  test("a zone that nobody knows is refused when the saga is defined", () => {
    const schedule = { cron: "0 6 * * *", timeZone: "Europe/Berlen", input: () => order };
    expect(() => saga("s", { version: 1, input: OrderSchema, schedule })).toThrow(/"Europe\/Berlen": it is not known/);
  });
});

test("a schedule that is deployed for the first time makes up for no tick from before", async () => {
  const fresh = saga("fresh", {
    version: 1,
    input: OrderSchema,
    schedule: { cron: "0 * * * *", input: () => order },
  }).step("ticket", { call: restaurant.createTicket, with: ({ input }) => input });
  const it = await world();
  await it.clock.advance(1_800_000);
  await it.sagas.close();
  await it.addRunner({ sagas: [fresh] });
  await it.clock.advance(1_000);
  expect((await it.store.list({ type: "fresh" })).sagas).toEqual([]);
  await it.clock.advance(1_800_000);
  expect((await it.store.list({ type: "fresh" })).sagas.map(({ key }) => key)).toEqual([
    "fresh@2026-01-01T01:00:00.000Z",
  ]);
});

describe("a cron tick", () => {
  const nightly = saga("nightly", {
    version: 1,
    input: OrderSchema,
    schedule: { cron: "*/10 * * * *", input: (tick) => ({ ...order, orderId: tick.getUTCMinutes() }) },
  }).step("ticket", { call: restaurant.createTicket, with: ({ input }) => input });

  test("starts one saga, however many workers there are", async () => {
    const it = await world({ sagas: [nightly] });
    await it.addRunner();
    await it.clock.advance(1_800_000);
    const { sagas } = await it.store.list({ type: "nightly" });
    expect(sagas.map(({ key }) => key).sort()).toEqual([
      "nightly@2026-01-01T00:00:00.000Z",
      "nightly@2026-01-01T00:10:00.000Z",
      "nightly@2026-01-01T00:20:00.000Z",
      "nightly@2026-01-01T00:30:00.000Z",
    ]);
    expect(it.restaurant.commands.map(({ payload }) => payload)).toMatchObject(
      [0, 10, 20, 30].map((orderId) => ({ orderId })),
    );
  });

  test("is passed over while the saga of an earlier one is under way", async () => {
    const it = await world({ sagas: [nightly], answers: { createTicket: { silence: true } } });
    const slow = saga("slow", {
      version: 1,
      input: OrderSchema,
      schedule: { cron: "*/10 * * * *", input: () => order },
    }).step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, timeout: "15m", compensate: false });
    await it.sagas.close();
    await it.addRunner({ sagas: [slow] });
    await it.clock.advance(1_800_000);
    const { sagas } = await it.store.list({ type: "slow" });
    expect(sagas.map(({ key }) => key).sort()).toEqual([
      "slow@2026-01-01T00:00:00.000Z",
      "slow@2026-01-01T00:20:00.000Z",
    ]);
  });

  test("that was missed is made up for, the latest only, and only within its time", async () => {
    const it = await world({ sagas: [nightly] });
    await it.clock.advance(1_000);
    await it.sagas.close();
    await it.clock.advance(1_805_000);
    await it.addRunner();
    await it.clock.advance(1_000);
    const { sagas } = await it.store.list({ type: "nightly" });
    expect(sagas.map(({ key }) => key).sort()).toEqual([
      "nightly@2026-01-01T00:00:00.000Z",
      "nightly@2026-01-01T00:30:00.000Z",
    ]);
  });
});

test.each(["", "order/1", "tab\t", "nul \u0000", "x".repeat(129)])("%j is no id of a saga", async (id) => {
  const it = await world();
  await expect(it.sagas.run(createOrder, order, { id })).rejects.toThrow("cannot be its id; use 1 to 128 characters");
  expect(await it.store.list({})).toEqual({ sagas: [] });
});

test("any other text is an id", async () => {
  const it = await world();
  const ids = ["7", "Ünïcode #1 ☕", "x".repeat(128)];
  for (const id of ids) await it.sagas.run(createOrder, order, { id });
  await it.clock.advance(1_000);
  const { sagas } = await it.store.list({});
  expect(sagas.map(({ id, status }) => `${status} ${id}`).sort()).toEqual(ids.map((id) => `completed ${id}`).sort());
});

test("a message that its saga cannot read is set aside, and starts nothing", async () => {
  const strict = saga("strict", {
    version: 1,
    input: OrderSchema,
    startOn: {
      message: orderEvents.orderApproved,
      input: ({ orderId }) => {
        if (orderId === 13) throw new TypeError("no such order");
        return { ...order, orderId };
      },
      key: ({ orderId }) => orderId,
    },
  }).step("ticket", { call: restaurant.createTicket, with: ({ input }) => input });
  const it = await world({ sagas: [strict] });
  await approve(it, [12, 13, 14]);
  await it.clock.advance(1_000);
  const { sagas } = await it.store.list({ type: "strict" });
  expect(sagas.map(({ key }) => key).sort()).toEqual(["12", "14"]);
  expect(it.transport.deadLetters().map(({ reason }) => reason)).toEqual([
    "[invalid-message] saga 'strict': its startOn cannot read the message: no such order",
  ]);
});

test("a message starts a saga, once for each key", async () => {
  const started = saga("started", {
    version: 1,
    input: OrderSchema,
    startOn: {
      message: orderEvents.orderApproved,
      input: ({ orderId }) => ({ ...order, orderId }),
      key: ({ orderId }) => orderId,
    },
  }).step("ticket", { call: restaurant.createTicket, with: ({ input }) => input });
  const it = await world({ sagas: [started] });
  await approve(it, [7, 8, 7]);
  await it.clock.advance(1_000);
  const { sagas } = await it.store.list({ type: "started" });
  expect(sagas.map(({ key, status }) => `${key} ${status}`).sort()).toEqual(["7 completed", "8 completed"]);
});

/** Tells, as the order service does, that these orders have been approved. */
async function approve({ transport, clock }: World, orderIds: readonly number[]): Promise<void> {
  for (const [index, orderId] of orderIds.entries()) {
    await transport.send([
      {
        id: `m-${index}`,
        type: "orderApproved",
        body: new TextEncoder().encode(JSON.stringify({ orderId })),
        contentType: "application/json",
        headers: {},
        sentAt: clock.now(),
        to: { address: "order.events", service: "order", action: "send" },
      },
    ]);
  }
}
