import { createClient, isFailure, saga, serve } from "@sagaspec/runtime";
import { createMemoryInbox } from "@sagaspec/runtime/memory";
import { expect, test } from "vitest";
import { accounting, consumer, OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { useWorld, type WorldOptions } from "../../support/saga/world.js";

/** Sees to the card, and answers the request for it. */
const paying = saga("paying", { version: 1, input: OrderSchema })
  .step("consumer", { call: consumer.verify, with: ({ input }) => ({ consumerId: input.consumerId }) })
  .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input })
  .answers({
    call: accounting.authorizeCard,
    input: ({ orderId, amount }) => ({ orderId, consumerId: 1, price: amount }),
    key: ({ orderId }) => orderId,
    reply: ({ ticket }) => ({ transactionId: ticket.ticketId }),
    failure: () => ({ name: "cardRefused", payload: { reason: "closed" } }),
  });

const world = useWorld({ sagas: [paying] });

async function asking(options?: WorldOptions) {
  const it = await world(options);
  const inbox = createMemoryInbox({ clock: it.clock });
  const address = { ...accounting, authorizeCard: { ...accounting.authorizeCard, channel: { address: "paying" } } };
  const handlers = { authorizeCard: it.sagas.handler(paying) };
  const server = await serve(address, handlers, it.transport, { inbox, clock: it.clock });
  const client = createClient(address, it.transport, { clock: it.clock });
  return {
    ...it,
    client,
    end: () => server.close(),
  };
}

test("a saga that was started by an operation answers when it ends", async () => {
  const { client, clock, end, sagas, store } = await asking();
  const answer = client.authorizeCard({ orderId: 7, amount: 1 });
  await clock.advance(100);
  expect(await answer).toEqual({ transactionId: 200 });
  const again = client.authorizeCard({ orderId: 7, amount: 1 });
  await clock.advance(100);
  expect(await again).toEqual({ transactionId: 200 });
  expect((await store.list({ type: "paying" })).sagas).toHaveLength(1);
  await sagas.close();
  await end();
});

test("what it answers may come from the input, and without a failure of the contract says what failed", async () => {
  const echo = saga("paying", { version: 1, input: OrderSchema })
    .step("ticket", { call: restaurant.createTicket, with: ({ input }) => input })
    .answers({
      call: accounting.authorizeCard,
      input: ({ orderId, amount }) => ({ orderId, consumerId: 1, price: amount }),
      reply: ({ input }) => ({ transactionId: input.price }),
    });
  const ask = async (options: WorldOptions) => {
    const it = await world({ sagas: [echo], ...options });
    const address = { ...accounting, authorizeCard: { ...accounting.authorizeCard, channel: { address: "paying" } } };
    const server = await serve(address, { authorizeCard: it.sagas.handler(echo) }, it.transport, {
      inbox: createMemoryInbox({ clock: it.clock }),
      clock: it.clock,
    });
    const answer = createClient(address, it.transport, { clock: it.clock })
      .authorizeCard({ orderId: 7, amount: 33 })
      .catch((error: unknown) => error);
    await it.clock.advance(100);
    const said = await answer;
    await it.sagas.close();
    await server.close();
    return said;
  };
  expect(await ask({})).toEqual({ transactionId: 33 });
  const failed = await ask({ answers: { createTicket: { refuse: "ticketRefused" } } });
  expect(String(failed)).toMatch(/the saga was compensated: ticketRefused/);
});

test("one that was compensated answers with the failure that the contract declares", async () => {
  const { client, clock, end } = await asking({ answers: { createTicket: { refuse: "ticketRefused" } } });
  const answer = client.authorizeCard({ orderId: order.orderId, amount: 1 }).catch((error: unknown) => error);
  await clock.advance(100);
  expect(isFailure(await answer, accounting.authorizeCard)).toBe(true);
  await end();
});
