import { saga } from "@sagaspec/runtime";
import type { Schema } from "@sagaspec/runtime/codegen";
import { accounting } from "../generated/accounting/index.js";
import { restaurant } from "../generated/restaurant/index.js";

export interface NewOrder {
  readonly orderId: number;
  readonly dish: string;
  /** In cents. */
  readonly price: number;
}

const NewOrderSchema: Schema<NewOrder> = {
  type: "object",
  required: ["orderId", "dish", "price"],
  properties: { orderId: { type: "integer" }, dish: { type: "string" }, price: { type: "integer", minimum: 1 } },
};

/** A ticket, then the payment. When the card is refused the ticket is taken back: `x-compensated-by` says how. */
export const createOrder = saga("create-order", { version: 1, input: NewOrderSchema })
  .step("ticket", {
    call: restaurant.createTicket,
    with: ({ input }) => ({ orderId: input.orderId, dish: input.dish }),
  })
  .step("payment", {
    call: accounting.authorizeCard,
    with: ({ input }) => ({ orderId: input.orderId, amount: input.price }),
    pivot: true, // from here on only forward
  });
