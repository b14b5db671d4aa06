// Restaurant service 1.0.0. Generated from specs/restaurant.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const OrderIdSchema: Schema<messages.OrderId> = { type: "integer", minimum: 1 };

export const CreateTicketItemSchema: Schema<messages.CreateTicketItem> = {
  type: "object",
  required: ["name", "quantity"],
  properties: { name: { type: "string" }, quantity: { type: "integer", minimum: 1 } },
};

export const CreateTicketSchema: Schema<messages.CreateTicket> = {
  type: "object",
  required: ["orderId", "consumerId", "items"],
  properties: {
    orderId: OrderIdSchema,
    consumerId: { type: "integer" },
    items: { type: "array", minItems: 1, items: CreateTicketItemSchema },
  },
};

export const TicketIdSchema: Schema<messages.TicketId> = { type: "integer" };

export const TicketCreatedSchema: Schema<messages.TicketCreated> = {
  type: "object",
  required: ["ticketId"],
  properties: { ticketId: TicketIdSchema },
};

export const TicketRefusedSchema: Schema<messages.TicketRefused> = {
  type: "object",
  required: ["reason"],
  properties: {
    reason: { type: "string", enum: ["closed", "sold-out"] },
    items: { type: "array", items: { type: "string" } },
  },
};

export const ApproveTicketSchema: Schema<messages.ApproveTicket> = {
  type: "object",
  required: ["ticketId"],
  properties: { ticketId: TicketIdSchema },
};

export const RejectTicketSchema: Schema<messages.RejectTicket> = {
  type: "object",
  required: ["orderId"],
  properties: { orderId: OrderIdSchema },
};

export const TicketReadySchema: Schema<messages.TicketReady> = {
  type: "object",
  required: ["ticketId"],
  properties: { ticketId: TicketIdSchema },
};

export const TicketDelayedSchema: Schema<messages.TicketDelayed> = {
  type: "object",
  required: ["ticketId", "minutes"],
  properties: { ticketId: TicketIdSchema, minutes: { type: "integer", minimum: 1 } },
};
