// Failures 1.0.0. Generated from failures.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const BookSeatSchema: Schema<messages.BookSeat> = {
  type: "object",
  required: ["seat"],
  properties: { seat: { type: "string" } },
};

export const SeatBookedSchema: Schema<messages.SeatBooked> = {
  type: "object",
  required: ["booking"],
  properties: { booking: { type: "integer" } },
};

export const SeatTakenSchema: Schema<messages.SeatTaken> = {
  type: "object",
  required: ["by"],
  properties: { by: { type: "string" } },
};

export const TroubledSchema: Schema<messages.Troubled> = {
  type: "object",
  required: ["code", "message", "retryable"],
  properties: { code: { type: "string" }, message: { type: "string" }, retryable: { type: "boolean" } },
};
