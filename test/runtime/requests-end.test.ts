// What an earlier framework got wrong with requests, and what happens here.
import { createClient, type Message, serve } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { expect, onTestFinished, test } from "vitest";
import { type KitchenHandlers, kitchen } from "../support/fixtures/kitchen.js";

test("no request waits for ever, every error is answered, and one bad message harms no other", async () => {
  const transport = createMemoryTransport();
  onTestFinished(() => transport.close());
  const client = createClient(kitchen, transport);
  const asked: Message[] = [];
  const handlers: KitchenHandlers = {
    async createTicket({ orderId }) {
      if (orderId === 13) throw new Error("the printer is jammed");
      if (orderId === 14) await new Promise(() => {});
      return { ticketId: orderId };
    },
    cancelTicket() {},
    weigh: (payload) => ({ name: "light", payload }),
    clean() {},
  };
  // Hears what the kitchen is asked, to answer it once more.
  const { send } = transport;
  transport.send = (batch) => {
    asked.push(...batch);
    return send.call(transport, batch);
  };
  const server = await serve(kitchen, handlers, transport, { onProblem: () => {}, drain: 0 });
  onTestFinished(() => server.close());
  const ask = (orderId: number) => client.createTicket({ orderId, dishes: ["a"] }, { timeout: "3s" });

  const slow = ask(14);
  await expect(ask(13)).rejects.toMatchObject({ code: "remote-error", retryable: true });
  const rubbish = { ...(asked[0] as Message), id: "rubbish", body: Buffer.from("{"), headers: {} };
  const to = { address: "kitchen.commands", service: "kitchen", action: "receive" } as const;
  await transport.send([{ ...rubbish, to }]);

  const reply = asked.find(({ type }) => type === "ticketCreated" || type === "sagaspec.failure");
  await expect(ask(1)).resolves.toEqual({ ticketId: 1 });
  // The reply to a request that is over, and one to a request that never was.
  const late = reply as Message & { to: { reply: string } };
  const strange = {
    ...late,
    id: "strange",
    correlationId: "nobody's",
    headers: { ...late.headers, correlationId: "?" },
  };
  await transport.send([late, strange]);
  await expect(Promise.all([ask(2), ask(3)])).resolves.toEqual([{ ticketId: 2 }, { ticketId: 3 }]);
  await expect(slow).rejects.toMatchObject({ code: "timeout" });
});
