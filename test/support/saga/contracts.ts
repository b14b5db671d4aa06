// The contracts of the example's services, as small as a saga's tests need them.
import type { Channel, Client, Contract, Handlers, Message, Request, Schema, Send } from "@sagaspec/runtime/codegen";

export interface Order {
  readonly orderId: number;
  readonly consumerId: number;
  readonly price: number;
}
export interface Ticket {
  readonly ticketId: number;
}
export interface Refused {
  readonly reason: "closed" | "sold-out";
}

const number = { type: "number" };
const object = (...names: string[]) => ({
  type: "object",
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, number])),
});

export const OrderSchema: Schema<Order> = object("orderId", "consumerId", "price");
const OrderIdSchema: Schema<{ orderId: number }> = object("orderId");
const TicketSchema: Schema<Ticket> = object("ticketId");
const RefusedSchema: Schema<Refused> = {
  type: "object",
  required: ["reason"],
  properties: { reason: { type: "string" } },
};
const CardSchema: Schema<{ orderId: number; amount: number }> = object("orderId", "amount");
const ConsumerSchema: Schema<{ consumerId: number }> = object("consumerId");
const PaidSchema: Schema<{ transactionId: number }> = object("transactionId");

const done: Message<void> = { name: "done" };
const commands = (service: string): Channel => ({ address: `${service}.commands` });

function request<P, R, F extends { [name: string]: unknown } = Record<never, never>>(
  id: string,
  payload: Schema<P>,
  success: Message<R>,
  failure?: { [Name in keyof F]: Message<F[Name]> },
  more?: Pick<Request<P, R, F>, "compensatedBy">,
): Request<P, R, F> {
  const [service = "", name = ""] = id.split(".");
  return {
    kind: "request",
    id,
    action: "receive",
    channel: commands(service),
    message: { name, payload },
    reply: { success: [success], ...(failure && { failure }) },
    timeoutMs: 5_000,
    ...more,
  };
}

export interface Consumer extends Contract<Client<Consumer>, Handlers<Consumer>> {
  readonly verify: Request<{ consumerId: number }, void, { unknownConsumer: Refused }>;
}
export const consumer: Consumer = {
  $contract: { service: "consumer", version: "1.0.0" },
  verify: request("consumer.verify", ConsumerSchema, done, {
    unknownConsumer: { name: "unknownConsumer", payload: RefusedSchema },
  }),
};

export interface Restaurant extends Contract<Client<Restaurant>, Handlers<Restaurant>> {
  readonly createTicket: Request<Order, Ticket, { ticketRefused: Refused }>;
  readonly approveTicket: Request<Ticket, void>;
  readonly rejectTicket: Request<{ orderId: number }, void>;
}
const rejectTicket = request("restaurant.rejectTicket", OrderIdSchema, done);
export const restaurant: Restaurant = {
  $contract: { service: "restaurant", version: "1.0.0" },
  createTicket: request(
    "restaurant.createTicket",
    OrderSchema,
    { name: "ticketCreated", payload: TicketSchema },
    { ticketRefused: { name: "ticketRefused", payload: RefusedSchema } },
    { compensatedBy: rejectTicket },
  ),
  approveTicket: request("restaurant.approveTicket", TicketSchema, done),
  rejectTicket,
};

export interface Accounting extends Contract<Client<Accounting>, Handlers<Accounting>> {
  readonly authorizeCard: Request<
    { orderId: number; amount: number },
    { transactionId: number },
    { cardRefused: Refused }
  >;
}
export const accounting: Accounting = {
  $contract: { service: "accounting", version: "1.0.0" },
  authorizeCard: request(
    "accounting.authorizeCard",
    CardSchema,
    { name: "cardAuthorized", payload: PaidSchema },
    { cardRefused: { name: "cardRefused", payload: RefusedSchema } },
  ),
};

export interface OrderEvents extends Contract<Client<OrderEvents>, Handlers<OrderEvents>> {
  readonly orderApproved: Send<{ orderId: number }>;
  readonly orderRejected: Send<{ orderId: number }>;
}
export const orderEvents: OrderEvents = {
  $contract: { service: "order", version: "1.0.0" },
  orderApproved: {
    kind: "send",
    id: "order.orderApproved",
    action: "send",
    channel: { address: "order.events" },
    message: { name: "orderApproved", payload: OrderIdSchema },
  },
  orderRejected: {
    kind: "send",
    id: "order.orderRejected",
    action: "send",
    channel: { address: "order.rejections" },
    message: { name: "orderRejected", payload: OrderIdSchema },
  },
};
