// biome-ignore-all lint/nursery/noFloatingPromises: nothing here is ever executed

import { createClient, saga, serve, type Transport } from "@sagaspec/runtime";
import type { Schema } from "@sagaspec/runtime/codegen";
import { test } from "vitest";
import { restaurant, restaurantEvents } from "../../generated/restaurant/index.js";

declare const transport: Transport;
declare const InputSchema: Schema<{ orderId: number; consumerId: number }>;

const client = createClient(restaurant, transport);
const events = createClient(restaurantEvents, transport);
const order = saga("order", { version: 1, input: InputSchema });
const items = [{ name: "Pizza", quantity: 1 }];
const createTicket = () => ({ ticketId: 1 });
const approveTicket = () => {};
const rejectTicket = () => {};

test("a missing handler is an error", () => {
  serve(restaurant, { createTicket, approveTicket, rejectTicket }, transport);
  // @ts-expect-error: Property 'rejectTicket' is missing
  serve(restaurant, { createTicket, approveTicket }, transport);
});

test("a wrong reply or failure is an error", () => {
  // @ts-expect-error: '{ ticket: number; }' is not assignable to 'TicketCreated'
  serve(restaurant, { createTicket: () => ({ ticket: 1 }), approveTicket, rejectTicket }, transport);
  serve(
    restaurant,
    // @ts-expect-error: approveTicket declares no failure
    { createTicket, approveTicket: (_, { fail }) => void fail("ticketRefused", {}), rejectTicket },
    transport,
  );
});

test("a wrong payload is an error, at the caller and in a step", () => {
  client.createTicket({ orderId: 1, consumerId: 2, items });
  // @ts-expect-error: 'string' is not assignable to 'number'
  client.createTicket({ orderId: "1", consumerId: 2, items });
  // @ts-expect-error: 'string' is not assignable to 'number'
  order.step("ticket", { call: restaurant.createTicket, with: () => ({ orderId: "1", consumerId: 1, items }) });
  // @ts-expect-error: Property 'consumerId' is missing
  order.step("ticket", { call: restaurant.createTicket, with: ({ input }) => ({ orderId: input.orderId, items }) });
});

test("a missing address parameter is an error", () => {
  // @ts-expect-error: Expected 2 arguments
  events.ticketProgress.ticketReady({ ticketId: 1 });
});

const ticket = order.step("ticket", { call: restaurant.createTicket, with: ({ input }) => ({ ...input, items }) });

test("a duplicate or reserved step name is an error in words", () => {
  // @ts-expect-error: "step 'ticket' is already defined"
  ticket.step("ticket", { call: restaurant.approveTicket, with: ({ ticket }) => ticket });
  // @ts-expect-error: "'input' is a reserved word: name the step otherwise"
  order.step("input", { call: restaurant.rejectTicket, with: ({ input }) => input });
});

test("the reply of a later step, and one that may be missing, are errors", () => {
  // @ts-expect-error: Property 'ticket' does not exist
  order.step("approval", { call: restaurant.approveTicket, with: ({ ticket }) => ticket });
  order.step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => ({ ...input, items }),
    // @ts-expect-error: 'reply' is possibly 'undefined'
    compensate: { call: restaurant.approveTicket, with: ({ reply }) => ({ ticketId: reply.ticketId }) },
  });
});

test("an event is no command that a step could call", () => {
  // @ts-expect-error: Property 'reply' is missing
  order.step("ready", { call: restaurantEvents.ticketProgress.ticketReady, with: () => ({ ticketId: 1 }) });
});
