// A command that the participant's database cannot record is answered and set aside, and keeps no other from its turn.
import { createClient, serve } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { expect, it } from "vitest";
import { kitchen } from "../support/fixtures/kitchen.js";
import { createPglitePool } from "../support/postgres.js";

it("tells the requester, and executes what came with it", async () => {
  const { pool, close } = await createPglitePool();
  const store = createPostgresStore({ pool, migrate: true });
  const transport = createMemoryTransport();
  const cooked: number[] = [];
  const handlers = {
    createTicket({ orderId }: { orderId: number }) {
      cooked.push(orderId);
      return { ticketId: orderId };
    },
    cancelTicket() {},
    weigh: () => ({ name: "light" as const, payload: { grams: 1 } }),
    clean() {},
  };
  const server = await serve(kitchen, handlers, transport, { inbox: store.inbox, onProblem() {} });
  const client = createClient(kitchen, transport);
  const orders = Array.from({ length: 20 }, (_, orderId) => orderId);
  const answers = await Promise.allSettled(
    orders.map((orderId) =>
      client.createTicket({ orderId, dishes: ["a"] }, orderId === 7 ? { messageId: "nul \u0000" } : {}),
    ),
  );
  const refused = answers.splice(7, 1)[0];
  expect(refused).toMatchObject({ status: "rejected", reason: { message: expect.stringMatching(/cannot be stored/) } });
  expect(answers.every(({ status }) => status === "fulfilled")).toBe(true);
  expect(cooked.sort((a, b) => a - b)).toEqual(orders.filter((orderId) => orderId !== 7));
  expect(transport.deadLetters().map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^invalid-message: .*cannot be stored in PostgreSQL/),
  ]);
  await server.close();
  await transport.close();
  await store.close();
  await close();
});
