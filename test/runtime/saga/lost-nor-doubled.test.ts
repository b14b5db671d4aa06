import { createSagaRunner, type SagaStore, saga, type Transport } from "@sagaspec/runtime";
import { createMemoryStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { createVirtualClock } from "@sagaspec/runtime/testing";
import { describe, expect, test } from "vitest";
import { consumer as consumerService, OrderSchema } from "../../support/saga/contracts.js";
import { createOrder, order } from "../../support/saga/create-order.js";
import { participant } from "../../support/saga/participants.js";
import { useWorld } from "../../support/saga/world.js";

const world = useWorld();

/** The same broker, but one that keeps what it has accepted. */
function durable(transport: Transport): Transport {
  return {
    traits: { ...transport.traits, durable: true },
    prepare: (...args) => transport.prepare(...args),
    send: (batch) => transport.send(batch),
    subscribe: (...args) => transport.subscribe(...args),
    close: () => transport.close(),
  };
}

/** The same store, out of order for as long as `down()` says. */
function failing(store: SagaStore, down: () => boolean): SagaStore {
  return {
    ...store,
    load: (...args) => (down() ? Promise.reject(new Error("store is down")) : store.load(...args)),
    commit: (...args) => (down() ? Promise.reject(new Error("store is down")) : store.commit(...args)),
    pending: (...args) => (down() ? Promise.reject(new Error("store is down")) : store.pending(...args)),
  };
}

test("a timed-out command is sent again with the same id, and a late answer to the first attempt settles it", async () => {
  const patient = saga("patient", { version: 1, input: OrderSchema }).step("consumer", {
    call: consumerService.verify,
    with: ({ input }) => ({ consumerId: input.consumerId }),
    timeout: "1s",
    retry: { attempts: 3, backoff: "1s", jitter: 0 },
  });
  const { sagas, clock, consumer, story } = await world({ sagas: [patient], answers: { verify: { silence: true } } });
  await sagas.run(patient, order);
  await clock.advance(2_500);
  expect(consumer.commands.map(({ message }) => message.id)).toEqual(Array(2).fill(consumer.commands[0]?.message.id));
  expect(new Set(consumer.commands.map(({ message }) => message.correlationId)).size).toBe(2);
  const [first] = consumer.commands;
  if (first) await consumer.answer(first.message, "done", null);
  await clock.advance(0);
  expect(story().slice(-2)).toEqual(["step-succeeded consumer", "ended"]);
});

test("on the wire an undo names the command it undoes, the saga and the step", async () => {
  const { sagas, clock, restaurant } = await world({ answers: { authorizeCard: { refuse: "cardRefused" } } });
  const { id } = await sagas.run(createOrder, order);
  await clock.advance(100);
  const [command, undo] = restaurant.commands;
  expect(undo?.message.headers).toMatchObject({ undoes: command?.message.id, "saga-id": id, "saga-step": "ticket" });
});

describe("verdicts on fresh rows", () => {
  test("two workers, with every message doubled, late or out of order, carry out each command once", async () => {
    const clock = createVirtualClock();
    const faults = { seed: 7, duplicate: 0.4, delay: 0.4, maxDelayMs: 900, reorder: 0.4 };
    const transport = createMemoryTransport({ clock, faults });
    const store = createMemoryStore({ clock });
    const ids = new Set<string>();
    for (const service of ["consumer", "restaurant", "accounting"]) {
      await participant(transport, service, (name, _, message) => {
        ids.add(message.id);
        return {
          ok: name === "createTicket" ? { ticketId: 1 } : name === "authorizeCard" ? { transactionId: 1 } : null,
        };
      });
    }
    const runners = [1, 2].map(() =>
      createSagaRunner({ service: "order", sagas: [createOrder], store, transport, clock, settleTime: 0 }),
    );
    for (const one of runners) await one.start();
    const started = Array.from({ length: 200 }, (_, index) => runners[index % 2]?.run(createOrder, order));
    await Promise.all(started);
    await clock.advance(60_000);
    const { sagas } = await store.list({ limit: 1_000 });
    expect(sagas.filter(({ status }) => status === "completed")).toHaveLength(200);
    // Four calls a saga; an announcement has nobody who listens.
    expect(ids.size).toBe(800);
    const histories = await Promise.all(sagas.map(({ id }) => store.history(id)));
    for (const rows of histories) {
      expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
      const succeeded = rows.filter(({ kind }) => kind === "step-succeeded").map(({ step }) => step);
      expect(succeeded).toEqual([...new Set(succeeded)]);
    }
    for (const one of runners) await one.close();
    await transport.close();
    expect(clock.timers).toBe(0);
  });

  test("a reply to a saga that nobody knows is set aside", async () => {
    const { transport, clock } = await world();
    const to = { reply: transport.queues().find(({ name }) => name.startsWith("order.replies"))?.name ?? "" };
    const message = {
      type: "done",
      body: new Uint8Array(),
      contentType: "application/json",
      headers: {},
      sentAt: 0,
      to,
    };
    await transport.send([{ ...message, id: "r1", correlationId: "no-saga/consumer/do/1#1" }]);
    await transport.send([{ ...message, id: "r2", correlationId: "not ours" }]);
    await clock.advance(10);
    expect(transport.deadLetters().map(({ reason }) => reason)).toEqual(["unknown-saga", "unknown-saga"]);
  });
});

test("what a broker forgot in a restart is sent again, with a fresh deadline", async () => {
  const before = await world({ answers: { verify: { silence: true } } });
  const { id } = await before.sagas.run(createOrder, order);
  await before.clock.advance(100);
  await before.transport.close();
  await before.sagas.close();
  const { clock, store } = before;
  await clock.advance(600_000);

  const transport = createMemoryTransport({ clock });
  for (const service of ["consumer", "restaurant", "accounting"]) {
    await participant(transport, service, (name) => ({
      ok: name === "createTicket" ? { ticketId: 1 } : name === "authorizeCard" ? { transactionId: 1 } : null,
    }));
  }
  const after = createSagaRunner({ service: "order", sagas: [createOrder], store, transport, clock, settleTime: 0 });
  await after.start();
  await clock.advance(100);
  expect((await after.handle(id).status()).status).toBe("completed");
  await after.close();
  await transport.close();
});

describe("no timer fires while deaf", () => {
  test("replies that came in while no worker was there are heard before their timeouts", async () => {
    const { sagas, transport, store, clock, answers, consumer } = await world({
      answers: { verify: { silence: true } },
    });
    const { id } = await sagas.run(createOrder, order);
    await clock.advance(100);
    await sagas.close();
    const [command] = consumer.commands;
    if (command) await consumer.answer(command.message, "done", null);
    delete answers.verify;
    await clock.advance(600_000);
    const options = { service: "order", sagas: [createOrder], store, transport: durable(transport), clock };
    const after = createSagaRunner(options);
    await after.start();
    await clock.advance(3_000);
    expect((await after.handle(id).status()).status).toBe("completed");
    await after.close();
  });

  test("a missing reply times out once replies have come in freely for two seconds", async () => {
    const { sagas, transport, store, clock } = await world({ answers: { verify: { silence: true } } });
    const { id } = await sagas.run(createOrder, order);
    await clock.advance(100);
    await sagas.close();
    await clock.advance(600_000);
    const options = { service: "order", sagas: [createOrder], store, transport: durable(transport), clock };
    const after = createSagaRunner(options);
    await after.start();
    await clock.advance(1_900);
    expect((await after.handle(id).status()).status).toBe("running");
    await clock.advance(1_000);
    expect((await after.handle(id).status()).status).toBe("compensated");
    await after.close();
  });
});

describe("publishing late", () => {
  test("what a crash left unsent is sent by a sweep", async () => {
    const { sagas, clock, store, transport, consumer } = await world();
    // A broker that is away while the saga starts: the command is committed, and never sent.
    const away: Transport = { ...durable(transport), send: async (batch) => batch.map(() => "unknown" as const) };
    const cut = createSagaRunner({ service: "order", sagas: [createOrder], store, transport: away, clock });
    await cut.start();
    const { id } = await cut.run(createOrder, order);
    await cut.close();
    expect(consumer.commands).toHaveLength(0);
    await clock.advance(4_900);
    expect(consumer.commands).toHaveLength(1);
    expect((await sagas.handle(id).status()).status).toBe("completed");
  });

  test("confirmed messages leave the store without another commit", async () => {
    const { clock, store, transport } = await world();
    const one = createSagaRunner({
      service: "order",
      sagas: [createOrder],
      store,
      transport: durable(transport),
      clock,
    });
    await one.start();
    await one.run(createOrder, order);
    await clock.advance(2_000);
    expect((await store.pending([createOrder], 100, 0)).unsent).toEqual([]);
    await one.close();
  });
});

test("a command past its expiry is not written any more", async () => {
  const { sagas, clock, store, transport } = await world();
  await sagas.close();
  const away: Transport = { ...durable(transport), send: async (batch) => batch.map(() => "unknown" as const) };
  const before = createSagaRunner({ service: "order", sagas: [createOrder], store, transport: away, clock });
  await before.start();
  const { id } = await before.run(createOrder, order);
  await before.close();
  await clock.advance(600_000);
  const written: string[] = [];
  const back: Transport = {
    ...durable(transport),
    send(batch) {
      written.push(...batch.map((message) => message.id));
      return transport.send(batch);
    },
  };
  const after = createSagaRunner({ service: "order", sagas: [createOrder], store, transport: back, clock });
  await after.start();
  await clock.advance(10_000);
  expect(written).toEqual([]);
  expect((await after.handle(id).status()).status).toBe("compensated");
  await after.close();
});

describe("a run inside the transaction", () => {
  test("its result is part of the same transition as its effect", async () => {
    const seen: unknown[] = [];
    const local = saga("local", { version: 1, input: OrderSchema })
      .step("counted", {
        transaction: true,
        run: ({ input }, context) => {
          seen.push(context.tx, context.idempotencyKey.endsWith("/counted/do/1"), context.attempt);
          return { next: input.orderId + 1 };
        },
      })
      .step("used", { run: ({ counted }) => counted.next * 2 });
    const { sagas, clock } = await world({ sagas: [local] });
    const handle = await sagas.run(local, order);
    await clock.advance(10);
    expect(await handle.status()).toMatchObject({ status: "completed", results: { counted: { next: 2 }, used: 4 } });
    expect(seen).toEqual([undefined, true, 1]);
  });

  test("an error is an ordinary failed attempt", async () => {
    let calls = 0;
    const local = saga("local", { version: 1, input: OrderSchema }).step("counted", {
      transaction: true,
      retry: { attempts: 2, jitter: 0 },
      run: () => {
        calls += 1;
        if (calls === 1) throw new Error("deadlock");
        return calls;
      },
    });
    const { sagas, clock, story } = await world({ sagas: [local] });
    const handle = await sagas.run(local, order);
    await clock.advance(2_000);
    expect(await handle.status()).toMatchObject({ status: "completed", results: { counted: 2 } });
    expect(story()).toContain("step-attempt-failed counted");
  });
});

describe("plain runs", () => {
  test("a run keeps its lease for as long as it takes", async () => {
    let calls = 0;
    let finish = (_: string) => {};
    const slow = saga("slow", { version: 1, input: OrderSchema }).step("local", {
      run: () => {
        calls += 1;
        return new Promise<string>((resolve) => {
          finish = resolve;
        });
      },
    });
    const { sagas, clock, addRunner } = await world({ sagas: [slow] });
    await addRunner();
    const handle = await sagas.run(slow, order);
    await clock.advance(20_000);
    expect(calls).toBe(1);
    finish("done");
    await clock.advance(10);
    expect(await handle.status()).toMatchObject({ status: "completed", results: { local: "done" } });
  });

  test("another worker starts the next attempt of a run whose worker is gone, with the same key", async () => {
    const seen: string[] = [];
    const slow = saga("slow", { version: 1, input: OrderSchema }).step("local", {
      run: (_, { idempotencyKey, attempt }) => {
        seen.push(`${idempotencyKey.split("/").slice(1).join("/")}#${attempt}`);
        return attempt === 1 ? new Promise<number>(() => {}) : attempt;
      },
    });
    const { clock, addRunner, store, sagas } = await world({ sagas: [slow] });
    // A worker whose lease renewals and outcomes never reach the store any more.
    let isGone = false;
    const lonely = await addRunner({ store: failing(store, () => isGone) });
    const handle = await lonely.run(slow, order);
    await clock.advance(10);
    isGone = true;
    await clock.advance(10_000);
    expect(seen).toEqual(["local/do/1#1", "local/do/1#2"]);
    expect(await sagas.handle(handle.id).status()).toMatchObject({ status: "completed", results: { local: 2 } });
    const closing = lonely.close({ timeout: "1s" });
    await clock.advance(2_000);
    isGone = false;
    await closing;
  });

  test("a run is told when its outcome does not count any more", async () => {
    let aborted = false;
    const slow = saga("slow", { version: 1, input: OrderSchema }).step("local", {
      timeout: "1s",
      run: (_, { signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => {
            aborted = true;
            resolve();
          });
        }),
    });
    const { sagas, clock } = await world({ sagas: [slow] });
    const handle = await sagas.run(slow, order);
    await clock.advance(1_100);
    expect(aborted).toBe(true);
    expect((await handle.status()).status).toBe("compensated");
  });
});

test("a store that is away for a while delays the sagas and loses nothing", async () => {
  const { clock, addRunner, store, problems, sagas: other } = await world();
  await other.close();
  let isDown = false;
  const sagas = await addRunner({ store: failing(store, () => isDown) });
  const handles = await Promise.all(Array.from({ length: 20 }, () => sagas.run(createOrder, order)));
  isDown = true;
  await clock.advance(3_000);
  isDown = false;
  await clock.advance(10_000);
  for (const handle of handles) expect((await handle.status()).status).toBe("completed");
  expect(problems).not.toEqual([]);
});

test("a saga that somebody else has in hand is tried ever more rarely, and goes on", async () => {
  const { clock, addRunner, store, sagas: other } = await world();
  await other.close();
  let isHeld = false;
  let tries = 0;
  const commit: SagaStore["commit"] = async (batch, also) => {
    if (!isHeld || batch.length === 0) return store.commit(batch, also);
    tries += 1;
    return batch.map(() => "conflict");
  };
  const sagas = await addRunner({ store: { ...store, commit } });
  const handle = await sagas.run(createOrder, order);
  isHeld = true;
  await clock.advance(10_000);
  expect(tries).toBeGreaterThan(10);
  expect(tries).toBeLessThan(30);
  isHeld = false;
  await clock.advance(2_000);
  expect((await handle.status()).status).toBe("completed");
});

test("one saga that cannot be stored stops, and the others go on", async () => {
  const large = saga("large", { version: 1, input: OrderSchema }).step("big", {
    run: ({ input }) => (input.orderId === 13 ? "x".repeat(2_000_000) : "small"),
  });
  const { sagas, clock } = await world({ sagas: [large] });
  const handles = await Promise.all([12, 13, 14].map((orderId) => sagas.run(large, { ...order, orderId })));
  await clock.advance(100);
  const ends = await Promise.all(handles.map((handle) => handle.status()));
  expect(ends.map(({ status }) => status)).toEqual(["completed", "needs-attention", "completed"]);
  expect(ends[1]?.failure?.message).toContain("1048576 are allowed");
});

test("a person cancels a saga, once", async () => {
  const { sagas, clock, history } = await world({ answers: { verify: { silence: true } } });
  const { id } = await sagas.run(createOrder, order);
  await clock.advance(10);
  const act = { action: "cancel", by: "ada", why: "ordered twice" } as const;
  expect(await sagas.operate(id, act)).toEqual({ id, status: "compensating" });
  await clock.advance(6_000);
  expect(await sagas.operate(id, act)).toEqual({ id, status: "cancelled" });
  const line = { action: "cancel", by: "ada", why: "ordered twice" };
  expect(history.filter(({ kind }) => kind === "operated").map(({ data }) => data)).toEqual([line, line]);
  await expect(sagas.operate("no-such-saga", act)).rejects.toThrow("[unknown-saga] saga no-such-saga");
});
