// biome-ignore-all lint/nursery/noFloatingPromises: nothing here is ever executed
import { createClient, isFailure, serve, subscribe, type Transport } from "@sagaspec/runtime";
import { expectTypeOf, test } from "vitest";
import type { AnyOperation, AnyRequest } from "../../runtime/src/wire/operations.js";
import {
  type KitchenClient,
  kitchen,
  kitchenEvents,
  type TicketCreated,
  type TicketRefused,
  type Weighed,
} from "../support/fixtures/kitchen.js";

declare const transport: Transport;
const client = createClient(kitchen, transport);
const events = createClient(kitchenEvents, transport);
const createTicket = () => ({ ticketId: 1 });
const cancelTicket = () => {};
const weigh = ({ grams }: Weighed) => ({ name: "light" as const, payload: { grams } });
const clean = () => {};

test("a client has a typed method for every operation", () => {
  expectTypeOf(client).toEqualTypeOf<KitchenClient & AsyncDisposable>();
  expectTypeOf(client.createTicket({ orderId: 1, dishes: [] })).resolves.toEqualTypeOf<TicketCreated>();
  expectTypeOf(client.cancelTicket({ orderId: 1 }, { timeout: "2s" })).resolves.toBeVoid();
  expectTypeOf(client.weigh({ grams: 1 })).resolves.toEqualTypeOf<
    { readonly name: "light"; readonly payload: Weighed } | { readonly name: "heavy"; readonly payload: Weighed }
  >();
});

test("a client takes nothing but what the contract says", () => {
  // @ts-expect-error: 'string' is not assignable to 'number'
  client.createTicket({ orderId: "1", dishes: [] });
  // @ts-expect-error: the contract has no such operation
  client.burnTicket({ orderId: 1 });
  // @ts-expect-error: no such unit of time
  client.createTicket({ orderId: 1, dishes: [] }, { timeout: "2 seconds" });
  // @ts-expect-error: the header "urgency" is required
  client.clean({ room: "north" });
  client.clean({ room: "north" }, { headers: { urgency: "low" } });
  // @ts-expect-error: the address parameters are required
  events.progress.ready({ ticketId: 1 });
  // @ts-expect-error: the parameter "room" has no such value
  events.progress.ready({ ticketId: 1 }, { parameters: { room: "attic", table: "1" } });
  events.progress.ready({ ticketId: 1 }, { parameters: { room: "north", table: "1" } });
});

test("serve wants every handler, and each with the contract's types", () => {
  serve(kitchen, { createTicket, cancelTicket, weigh, clean }, transport);
  // @ts-expect-error: Property 'cancelTicket' is missing
  serve(kitchen, { createTicket, weigh, clean }, transport);
  // @ts-expect-error: '{ ticket: number; }' is not assignable to 'TicketCreated'
  serve(kitchen, { createTicket: () => ({ ticket: 1 }), cancelTicket, weigh, clean }, transport);
  serve(
    kitchen,
    // @ts-expect-error: cancelTicket declares no failure
    { createTicket, cancelTicket: (_, { fail }) => void fail("ticketRefused", { reason: "closed" }), weigh, clean },
    transport,
  );
  serve(
    kitchen,
    {
      createTicket(_, { fail }) {
        // @ts-expect-error: the failure has no such reason
        fail("ticketRefused", { reason: "bored" });
        throw fail("ticketRefused", { reason: "closed" });
      },
      cancelTicket,
      weigh,
      clean: ({ room }, { headers }) => {
        expectTypeOf(room).toBeString();
        expectTypeOf(headers.urgency).toEqualTypeOf<"low" | "high">();
      },
    },
    transport,
  );
});

test("subscribe takes any of the handlers, and wants to know the group", () => {
  const ready = (payload: { ticketId: number }) => void payload;
  subscribe(kitchenEvents, { progress: { ready } }, transport, { group: "waiters" });
  subscribe(
    kitchenEvents,
    {
      progress: {
        delayed(_, { parameters }) {
          expectTypeOf(parameters.room).toEqualTypeOf<"north" | "south">();
        },
      },
    },
    transport,
    { group: null },
  );
  // @ts-expect-error: Expected 4 arguments
  subscribe(kitchenEvents, { progress: { ready } }, transport);
  // @ts-expect-error: the contract has no such message
  subscribe(kitchenEvents, { progress: { burnt: ready } }, transport, { group: "waiters" });
});

test("isFailure narrows to the failures of the operation", () => {
  const error: unknown = undefined;
  if (isFailure(error, kitchen.createTicket)) {
    expectTypeOf(error.failure).toEqualTypeOf<{ readonly name: "ticketRefused"; readonly payload: TicketRefused }>();
  }
  if (isFailure(error, kitchen.cancelTicket)) expectTypeOf(error.failure).toBeNever();
});

test("every descriptor is an operation", () => {
  expectTypeOf(kitchen.createTicket).toExtend<AnyRequest>();
  expectTypeOf(kitchen.weigh).toExtend<AnyRequest>();
  expectTypeOf(kitchen.clean).toExtend<AnyOperation>();
  expectTypeOf(kitchenEvents.progress.ready).toExtend<AnyOperation>();
});
