import { saga } from "@sagaspec/runtime";
import { accounting } from "../../../generated/accounting/index.js";
import { consumer } from "../../../generated/consumer/index.js";
import { NewOrderSchema, orderEvents } from "../../../generated/order/index.js";
import { restaurant } from "../../../generated/restaurant/index.js";
import { readSaga } from "../../../generator/src/docs/sagas/read.js";

const createOrder = saga("create-order", { version: 1, input: NewOrderSchema })
  .step("order", { compensate: { run: () => {} } })
  .step("consumer", {
    call: consumer.verifyConsumerDetails,
    with: ({ input }) => ({ consumerId: input.consumerId }),
    timeout: "3s",
  })
  .step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => ({ orderId: input.orderId, consumerId: input.consumerId, items: input.items }),
  })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ input }) => ({ orderId: input.orderId, cardId: input.cardId, amount: input.price }),
    pivot: true,
  })
  .step("approval", {
    call: restaurant.approveTicket,
    with: ({ ticket }) => ({ ticketId: ticket.ticketId }),
    retry: { attempts: 3 },
  })
  .step("announcement", {
    send: orderEvents.orderOutcome.orderApproved,
    with: ({ input, ticket, payment }) => ({ orderId: input.orderId, ...ticket, ...payment }),
  });

/** A saga made by the runtime's builder, on the contracts generated from `specs/`. */
export const createOrderOutline = outlineOf(createOrder, "createOrder");

const call = (id: string) => ({ kind: "call", operation: { id }, timeoutMs: 5_000 });
const node = (path: string) => ({ kind: "step", name: path.split("/").at(-1), path, pivot: false });
const step = (path: string, id: string) => ({ ...node(path), action: call(id) });
const sequence = (...nodes: readonly object[]) => ({ kind: "sequence", nodes });

/** Every shape that a definition may have, as data: groups of several kinds, waiting and sleeping. */
export const feastOutline = outlineOf(
  {
    type: "feast",
    version: 2,
    hash: "0011223344556677",
    deadlineMs: 86_400_000,
    start: { answer: { call: { id: "order.createOrder" } }, schedule: { cron: "0 6 * * *" } },
    root: sequence(
      { ...step("reserve", "restaurant.createTicket"), compensate: call("restaurant.rejectTicket") },
      {
        kind: "parallel",
        name: "checks",
        path: "checks",
        mode: "all",
        rest: "cancel",
        members: {
          who: { dependsOn: [], node: step("checks/who", "consumer.verifyConsumerDetails") },
          money: {
            dependsOn: ["who"],
            node: {
              ...step("checks/money", "accounting.authorizeCard"),
              compensate: call("accounting.voidAuthorization"),
            },
          },
        },
      },
      {
        kind: "branch",
        name: "size",
        path: "size",
        cases: {
          large: sequence({ ...node("size/pause"), action: { kind: "sleep", durationMs: 60_000 } }),
          otherwise: sequence(),
        },
      },
      {
        kind: "each",
        name: "dishes",
        path: "dishes",
        concurrency: 4,
        body: sequence({
          ...step("dishes/*/cook", "restaurant.approveTicket"),
          poll: { everyMs: 5_000, deadlineMs: 120_000 },
        }),
      },
      { ...node("order"), action: { kind: "child", saga: { type: "create-order" } }, milestone: "ordered" },
      {
        ...node("ready"),
        action: {
          kind: "wait",
          operation: { id: "restaurant.ticketProgress.ticketReady" },
          timeoutMs: 3_600_000,
          onTimeout: "continue",
        },
      },
    ),
  },
  "feast",
);

function outlineOf(definition: unknown, exportName: string) {
  const outline = readSaga(definition, "examples/create-order/saga.ts", exportName);
  if (outline === undefined) throw new Error(`${exportName} was not recognised as a saga`);
  return outline;
}
