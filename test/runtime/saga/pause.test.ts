import { createSagaAdmin } from "@sagaspec/runtime/admin";
import { expect, test } from "vitest";
import { createOrder, order } from "../../support/saga/create-order.js";
import { useWorld } from "../../support/saga/world.js";

const world = useWorld();

const who = { by: "ada", why: "a test" } as const;

test("a paused saga sends nothing and times nothing out, however long, on whichever worker", async () => {
  const { sagas, clock, consumer, restaurant, addRunner, story } = await world({
    answers: { verify: { silence: true } },
  });
  const { id } = await sagas.run(createOrder, order);
  await clock.advance(10);
  await sagas.operate(id, { action: "pause", ...who });
  await addRunner();
  await clock.advance(60_000);
  expect(story()).toEqual(["started", "step-started consumer", "operated"]);

  const [command] = consumer.commands;
  if (command) await consumer.answer(command.message, "done", null);
  await clock.advance(60_000);
  expect(story().at(-1)).toBe("step-succeeded consumer");
  expect(restaurant.commands).toEqual([]);

  await sagas.operate(id, { action: "resume", ...who });
  await clock.advance(100);
  expect((await sagas.handle(id).status()).status).toBe("completed");
});

test("what a worker has cached gives way to what an admin has decided elsewhere", async () => {
  const { sagas, clock, store, consumer } = await world({ answers: { verify: { silence: true } } });
  const { id } = await sagas.run(createOrder, order);
  await clock.advance(10);
  const elsewhere = createSagaAdmin({ store, sagas: [createOrder] });
  expect(await elsewhere.act(id, { action: "cancel-without-compensation", ...who })).toEqual({
    id,
    status: "cancelled",
  });
  const [command] = consumer.commands;
  if (command) await consumer.answer(command.message, "done", null);
  await clock.advance(10_000);
  expect((await sagas.handle(id).status()).status).toBe("cancelled");
  const kinds = (await store.history(id)).map(({ kind }) => kind);
  expect(kinds.slice(-1)).toEqual(["late-reply"]);
});
