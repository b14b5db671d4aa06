// The services that the left sagas ask. Never changed: their names stand in the databases that the old release left.
import type { Client, Contract, Handlers, Message, Request, Schema, Send } from "@sagaspec/runtime/codegen";

export interface Order {
  readonly orderId: string;
  readonly amount: number;
}

const object = (properties: { readonly [name: string]: "string" | "number" }) => ({
  type: "object",
  required: Object.keys(properties),
  properties: Object.fromEntries(Object.entries(properties).map(([name, type]) => [name, { type }])),
});

export const OrderSchema: Schema<Order> = object({ orderId: "string", amount: "number" });
const IdSchema: Schema<{ readonly orderId: string }> = object({ orderId: "string" });
const ReservationSchema: Schema<{ readonly reservationId: string }> = object({ reservationId: "string" });
const ReceiptSchema: Schema<{ readonly receiptId: string }> = object({ receiptId: "string" });
const RefusedSchema: Schema<{ readonly reason: string }> = object({ reason: "string" });

function request<P, R, F extends { [name: string]: unknown } = Record<never, never>>(
  id: string,
  payload: Schema<P>,
  success: Message<R>,
  failure?: { [Name in keyof F]: Message<F[Name]> },
): Request<P, R, F> {
  const [service = "", name = ""] = id.split(".");
  return {
    kind: "request",
    id,
    action: "receive",
    channel: { address: `${service}.commands` },
    message: { name, payload },
    reply: { success: [success], ...(failure && { failure }) },
    timeoutMs: 172_800_000,
  };
}

export interface WarehouseHandlers extends Handlers<Warehouse> {}
export interface Warehouse extends Contract<Client<Warehouse>, WarehouseHandlers> {
  readonly reserve: Request<Order, { readonly reservationId: string }>;
  readonly release: Request<{ readonly orderId: string }, void>;
  readonly charge: Request<Order, { readonly receiptId: string }, { refused: { readonly reason: string } }>;
  readonly refund: Request<{ readonly orderId: string }, void>;
  readonly ship: Request<{ readonly orderId: string }, void, { unshippable: { readonly reason: string } }>;
}
export const warehouse: Warehouse = {
  $contract: { service: "warehouse", version: "1.0.0" },
  reserve: request("warehouse.reserve", OrderSchema, { name: "reserved", payload: ReservationSchema }),
  release: request("warehouse.release", IdSchema, { name: "released" }),
  charge: request(
    "warehouse.charge",
    OrderSchema,
    { name: "charged", payload: ReceiptSchema },
    { refused: { name: "refused", payload: RefusedSchema } },
  ),
  refund: request("warehouse.refund", IdSchema, { name: "refunded" }),
  ship: request(
    "warehouse.ship",
    IdSchema,
    { name: "shipped" },
    { unshippable: { name: "unshippable", payload: RefusedSchema } },
  ),
};

export interface Desk extends Contract<Client<Desk>, Handlers<Desk>> {
  readonly place: Request<Order, { readonly reservationId: string }>;
}
export const desk: Desk = {
  $contract: { service: "desk", version: "1.0.0" },
  place: request("desk.place", OrderSchema, { name: "placed", payload: ReservationSchema }),
};

export interface DeskEvents extends Contract<Client<DeskEvents>, Handlers<DeskEvents>> {
  readonly approved: Send<{ readonly orderId: string }>;
}
export const deskEvents: DeskEvents = {
  $contract: { service: "desk", version: "1.0.0" },
  approved: {
    kind: "send",
    id: "desk.approved",
    action: "send",
    channel: { address: "desk.events" },
    message: { name: "approved", payload: IdSchema },
  },
};
