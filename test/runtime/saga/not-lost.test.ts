// Replies and answers in awkward moments: none is given up while it can still be taken, and none is kept for ever in silence.
import type { SagaRunnerOptions, SagaStore } from "@sagaspec/runtime";
import { createClient, saga, serve } from "@sagaspec/runtime";
import { createSagaAdmin } from "@sagaspec/runtime/admin";
import { createMemoryInbox } from "@sagaspec/runtime/memory";
import { afterEach, expect, test } from "vitest";
import { accounting, OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { createWorld, type World } from "../../support/saga/world.js";

const worlds: World[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});
async function world(...options: Parameters<typeof createWorld>) {
  const one = await createWorld(...options);
  worlds.push(one);
  return one;
}

const asking = saga("asking", { version: 1, input: OrderSchema })
  .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, timeout: "1h" })
  .step("pause", { sleep: "1h" });

test("a reply to a saga that somebody else changes just when it is to be stopped is decided again", async () => {
  const it = await world({ sagas: [asking], answers: { createTicket: { silence: true } } });
  await it.sagas.close();
  const admin = createSagaAdmin({ store: it.store, sagas: [asking] });
  let refusals = 0;
  const store: SagaStore = {
    ...it.store,
    async commit(batch, also) {
      const [one] = batch;
      if (one && one.expected > 0 && refusals === 0) {
        refusals += 1;
        // Between the refusal and the record of it, an operator acts.
        await admin.act(one.row.id, { action: "pause", by: "ada", why: "a look" });
        return batch.map(() => new Error("refused once"));
      }
      return it.store.commit(batch, also);
    },
  };
  const sagas = await it.addRunner({ store });
  const handle = await sagas.run(asking, order);
  await it.clock.advance(100);
  const [command] = it.restaurant.commands;
  if (!command) throw new Error("no command");
  await it.restaurant.answer(command.message, "ticketCreated", { ticketId: 7 });
  await it.clock.advance(1_000);
  expect(refusals).toBe(1);
  expect(it.transport.deadLetters()).toEqual([]);
  const { results } = await handle.status();
  expect(results).toMatchObject({ ticket: { ticketId: 7 } });
});

const steps = saga("paying", { version: 1, input: OrderSchema }).step("ticket", {
  call: restaurant.createTicket,
  with: ({ input }) => input,
});
const answers = {
  call: accounting.authorizeCard,
  input: ({ orderId, amount }: { orderId: number; amount: number }) => ({ orderId, consumerId: 1, price: amount }),
  key: ({ orderId }: { orderId: number }) => orderId,
};
const paying = steps.answers({ ...answers, reply: ({ ticket }) => ({ transactionId: ticket.ticketId }) });
const throwing = steps.answers({
  ...answers,
  reply: () => {
    throw new Error("no idea");
  },
});

async function asked(definition: typeof paying, more: Partial<SagaRunnerOptions> = {}) {
  const it = await world({ sagas: [definition], answers: { createTicket: { silence: true } }, runner: more });
  const inbox = createMemoryInbox({ clock: it.clock });
  const contract = { ...accounting, authorizeCard: { ...accounting.authorizeCard, channel: { address: "paying" } } };
  const server = await serve(contract, { authorizeCard: it.sagas.handler(definition) }, it.transport, {
    inbox,
    clock: it.clock,
  });
  const client = createClient(contract, it.transport, { clock: it.clock });
  const reply = client.authorizeCard({ orderId: 7, amount: 1 }, { timeout: "1h" }).catch((error: unknown) => error);
  await it.clock.advance(100);
  const command = it.restaurant.commands[0];
  if (!command) throw new Error("no command");
  const goOn = () => it.restaurant.answer(command.message, "ticketCreated", { ticketId: 7 });
  return { ...it, reply, goOn, end: () => server.close() };
}

test("an answer that no worker can give any more is said, and given up in the end", async () => {
  const { addRunner, clock, end, goOn, problems, sagas, store } = await asked(paying);
  await sagas.close();
  await addRunner({ sagas: [steps] });
  await goOn();
  await clock.advance(30_000);
  const said = () => problems.map(String).filter((text) => text.includes("answers the operation"));
  expect(said()).toHaveLength(1);
  await clock.advance(60_000);
  expect(said()).toHaveLength(2);
  expect(said()[1]).toContain("given up");
  await clock.advance(10_000);
  expect((await store.pending([steps], 100, 0)).unsent).toEqual([]);
  await end();
});

test("where the function of the answer throws, whoever asked is told that there is none", async () => {
  const { clock, end, goOn, problems, reply, store } = await asked(throwing);
  await goOn();
  await clock.advance(10_000);
  expect(String(await reply)).toContain("no idea");
  expect(problems.map(String)).toEqual([expect.stringContaining("no idea")]);
  expect((await store.pending([steps], 100, 0)).unsent).toEqual([]);
  await end();
});
