import { type SagaStore, saga } from "@sagaspec/runtime";
import type { Json } from "@sagaspec/runtime/codegen";
import { describe, expect, test } from "vitest";
import { type Order, OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { begin, booking, child, parent, waiting, withTicket } from "../../support/saga/kinds.js";
import { useWorld, type World } from "../../support/saga/world.js";

const world = useWorld();

let told = 0;
/** Tells, as the order service does, that an order has been approved. */
async function tell({ transport, clock }: World, orderId: number, id = `event-${told++}`): Promise<void> {
  const payload: Json = { orderId };
  await transport.send([
    {
      id,
      type: "orderApproved",
      body: new TextEncoder().encode(JSON.stringify(payload)),
      contentType: "application/json",
      headers: {},
      sentAt: clock.now(),
      to: { address: "order.events", service: "order", action: "send" },
    },
  ]);
}

/** The world's store, at which a look takes a second. */
function slowly({ store, clock }: World): SagaStore {
  return {
    ...store,
    async pending(...asked) {
      await new Promise<void>((resolve) => clock.after(1_000, resolve));
      return store.pending(...asked);
    },
  };
}

describe("wait and event", () => {
  test("an event ends the wait of every saga that has its key, and of no other", async () => {
    const it = await world({ sagas: [waiting] });
    const [one, twin, other] = await Promise.all(
      [1, 1, 2].map((orderId) => it.sagas.run(waiting, { ...order, orderId })),
    );
    await it.clock.advance(100);
    await tell(it, 1);
    await it.clock.advance(100);
    expect((await one?.status())?.status).toBe("completed");
    expect((await twin?.status())?.status).toBe("completed");
    expect((await other?.status())?.status).toBe("running");
  });

  test("an event that is told before its wait asks for it is found when it does", async () => {
    const late = withTicket("late").step("approved", {
      wait: orderEvents.orderApproved,
      key: ({ ticket }) => ticket.ticketId,
      match: (event) => event.orderId,
      deadline: "1h",
    });
    const it = await world({ sagas: [late], answers: { createTicket: { silence: true } } });
    const handle = await it.sagas.run(late, order);
    await it.clock.advance(100);
    await tell(it, 200);
    await it.clock.advance(100);
    const [command] = it.restaurant.commands;
    if (command) await it.restaurant.answer(command.message, "ticketCreated", { ticketId: 200 });
    await it.clock.advance(0);
    expect((await handle.status()).status).toBe("completed");
  });

  test("what a worker stored and did not get to is offered by a sweep", async () => {
    const it = await world({ sagas: [waiting] });
    const handle = await it.sagas.run(waiting, order);
    await it.clock.advance(100);
    const stored = { channel: orderEvents.orderApproved.id, key: "1", id: "left", name: "orderApproved" };
    await it.store.commit([], { events: [{ ...stored, payload: { orderId: 1 }, at: it.clock.now() }] });
    await it.clock.advance(5_000);
    expect((await handle.status()).status).toBe("completed");
  });

  test("two workers share the events", async () => {
    const it = await world({ sagas: [waiting] });
    const second = await it.addRunner();
    const handles = await Promise.all(
      Array.from({ length: 20 }, (_, orderId) => (orderId % 2 ? second : it.sagas).run(waiting, { ...order, orderId })),
    );
    await it.clock.advance(100);
    for (let orderId = 0; orderId < 20; orderId++) await tell(it, orderId);
    await it.clock.advance(6_000);
    for (const handle of handles) expect((await handle.status()).status).toBe("completed");
  });

  test("a worker whose clock is behind stamps what it hears first with the store's time", async () => {
    const it = await world({ sagas: [waiting] });
    const { id } = await it.sagas.run(waiting, order);
    await it.clock.advance(100);
    await it.sagas.close();
    await tell(it, 1);
    const behind = { ...it.clock, now: () => it.clock.now() - 3_600_000 };
    const starting = it.addRunner({ clock: behind, store: slowly(it) });
    await it.clock.advance(5_000);
    const second = await starting;
    expect((await second.handle(id).status()).status).toBe("completed");
  });

  test("the same event delivered twice counts once", async () => {
    const twice = begin("twice")
      .step("first", {
        wait: orderEvents.orderApproved,
        key: ({ input }) => input.orderId,
        match: (event) => event.orderId,
        deadline: "1h",
      })
      .step("second", {
        wait: orderEvents.orderApproved,
        key: ({ input }) => input.orderId,
        match: (event) => event.orderId,
        deadline: "1h",
      });
    const it = await world({ sagas: [twice] });
    const handle = await it.sagas.run(twice, order);
    await tell(it, 1, "same");
    await tell(it, 1, "same");
    await it.clock.advance(10_000);
    expect((await handle.status()).status).toBe("running");
    await tell(it, 1, "another");
    await it.clock.advance(100);
    expect((await handle.status()).status).toBe("completed");
  });
});

test("the replies of one fan-out share their commits", async () => {
  const wide = begin("wide").each("tickets", {
    of: ({ input }) => Array.from({ length: input.price }, (_, index) => index),
    concurrency: 200,
    steps: (body) => body.step("made", { call: restaurant.createTicket, with: ({ input }) => input }),
  });
  const it = await world({ sagas: [] });
  let commits = 0;
  const counting: SagaStore = {
    ...it.store,
    commit: (batch, also) => {
      if (batch.length > 0) commits += 1;
      return it.store.commit(batch, also);
    },
  };
  const runner = await it.addRunner({ store: counting, sagas: [wide], service: "wide" });
  const handle = await runner.run(wide, { ...order, price: 200 });
  await it.clock.advance(1_000);
  expect((await handle.status()).status).toBe("completed");
  expect(commits).toBeLessThan(20);
});

test("a trip whose flight is refused leaves nothing booked", async () => {
  const it = await world({ sagas: [booking], answers: { authorizeCard: { refuse: "cardRefused" } } });
  const handle = await it.sagas.run(booking, order);
  await it.clock.advance(1_000);
  expect((await handle.status()).status).toBe("compensated");
  expect(it.restaurant.commands.map(({ name }) => name)).toEqual(["createTicket", "rejectTicket"]);
});

describe("definitions side by side", () => {
  const v2 = saga("waiting", { version: 2, input: OrderSchema }).step("noted", { run: () => 2 });

  test("versions of one saga run side by side", async () => {
    const it = await world({ sagas: [waiting, v2] });
    const [old, young] = [await it.sagas.run(waiting, order), await it.sagas.run(v2, order)];
    await it.clock.advance(100);
    await tell(it, 1);
    await it.clock.advance(100);
    expect((await old.status()).results).toHaveProperty("payment");
    expect((await young.status()).results).toEqual({ noted: 2 });
  });

  test("what is told to a saga of another worker's definition is kept for that worker", async () => {
    const it = await world({ sagas: [waiting, v2] });
    const handle = await it.sagas.run(waiting, order);
    await it.clock.advance(100);
    await it.sagas.close();
    const stranger = await it.addRunner({ sagas: [v2, withListener()] });
    await tell(it, 1);
    await it.clock.advance(1_000);
    expect((await handle.status()).status).toBe("running");
    await stranger.close();
    await it.addRunner();
    await it.clock.advance(10_000);
    expect((await it.store.get(handle.id))?.status).toBe("completed");
  });

  test("changed steps under the same version are refused with a clear error", async () => {
    const changed = saga("waiting", { version: 1, input: OrderSchema }).step("noted", { run: () => 2 });
    const it = await world({ sagas: [waiting] });
    await it.sagas.run(waiting, order);
    await it.clock.advance(100);
    await it.sagas.close();
    const other = await it.addRunner({ sagas: [changed] });
    await expect(other.run(waiting, order)).rejects.toThrow("[definition-changed] saga waiting v1");
  });
});

/** Listens to the same events as the waiting saga, for sagas of its own. */
function withListener() {
  return begin("listener").step("approved", {
    wait: orderEvents.orderApproved,
    key: ({ input }) => input.orderId,
    match: (event) => event.orderId,
    deadline: "1h",
  });
}

describe("children", () => {
  test("a child runs as a saga of its own, and its results are the step's", async () => {
    const it = await world({ sagas: [parent, child] });
    const handle = await it.sagas.run(parent, order);
    await it.clock.advance(1_000);
    const { status, results } = await handle.status();
    expect(status).toBe("completed");
    expect(results).toMatchObject({ delivery: { ticket: { ticketId: 200 } } });
    const { sagas } = await it.store.list({ parent: handle.id });
    expect(sagas).toMatchObject([{ type: "child", status: "completed" }]);
  });

  test("turning back compensates the completed child first", async () => {
    const it = await world({ sagas: [parent, child], answers: { authorizeCard: { refuse: "cardRefused" } } });
    const handle = await it.sagas.run(parent, order);
    await it.clock.advance(1_000);
    expect((await handle.status()).status).toBe("compensated");
    const { sagas } = await it.store.list({ parent: handle.id });
    expect(sagas).toMatchObject([{ type: "child", status: "compensated" }]);
    expect(it.restaurant.commands.map(({ name }) => name)).toEqual(["createTicket", "rejectTicket"]);
  });

  test("a child needs no registering, and one with a pivot stands at the parent's or behind it", async () => {
    const it = await world({ sagas: [parent] });
    const handle = await it.sagas.run(parent, order);
    await it.clock.advance(1_000);
    expect((await handle.status()).status).toBe("completed");
    const pivotal = begin("pivotal").step("noted", { run: () => 1, pivot: true });
    const before = begin("before")
      .step("child", { child: pivotal, with: ({ input }) => input })
      .step("last", { run: () => 1 });
    await expect(it.addRunner({ sagas: [before] })).rejects.toThrow("the child 'pivotal' has a pivot");
    const at = begin("at").step("child", { child: pivotal, with: ({ input }) => input, pivot: true });
    await it.addRunner({ sagas: [at], service: "other" });
  });

  test.each([
    [
      "that is more than a saga may carry",
      (value: unknown) => ({ value: { ...(value as Order), more: "x".repeat(2e6) } as Order }),
    ],
    [
      "that its schema stumbles over",
      () => {
        throw new TypeError("no such thing");
      },
    ],
  ])("a child with an input %s fails its step", async (_, validate) => {
    const input = { "~standard": { version: 1, vendor: "test", validate } } as const;
    const impossible = saga("impossible", { version: 1, input }).step("pause", { sleep: "1h" });
    const mother = begin("mother").step("child", { child: impossible, with: ({ input }) => input });
    const it = await world({ sagas: [mother] });
    const handle = await it.sagas.run(mother, order);
    await it.clock.advance(10_000);
    const { status, failure } = await handle.status();
    expect(status).toBe("compensated");
    expect(failure).toMatchObject({ step: "child", kind: "terminal", message: expect.stringMatching(/2000|no such/) });
    expect((await it.store.list({ type: "impossible" })).sagas).toEqual([]);
  });

  test("cancelling the parent cancels the open child", async () => {
    const it = await world({ sagas: [parent, child], answers: { verify: { silence: true } } });
    const handle = await it.sagas.run(parent, order);
    await it.clock.advance(1_000);
    await it.sagas.operate(handle.id, { action: "cancel", by: "ada", why: "a test" });
    await it.clock.advance(10_000);
    expect((await handle.status()).status).toBe("cancelled");
    const { sagas } = await it.store.list({ parent: handle.id });
    expect(sagas[0]?.status).toBe("cancelled");
  });
});
