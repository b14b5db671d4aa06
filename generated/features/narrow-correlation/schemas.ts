// Narrow correlation 1.0.0. Generated from narrow-correlation.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const TrackTicketSchema: Schema<messages.TrackTicket> = {
  type: "object",
  properties: { code: { type: "string", pattern: "^P[0-9]{6}$" } },
};

export const TrackSchema: Schema<messages.Track> = {
  type: "object",
  properties: { ticket: TrackTicketSchema },
};

export const WeighSchema: Schema<messages.Weigh> = {
  type: "object",
  properties: { parcel: { type: "integer" } },
};

export const WeighHeadersSchema: Schema<messages.WeighHeaders> = {
  type: "object",
  properties: { id: { type: "string", maxLength: 8 } },
};

export const OpenSchema: Schema<messages.Open> = {
  type: "object",
  properties: { parcel: { type: "integer" } },
};

export const OpenHeadersSchema: Schema<messages.OpenHeaders> = {
  type: "object",
  properties: { id: { type: "boolean" } },
};

export const SendMessageSchema: Schema<messages.SendMessage> = {
  type: "object",
  properties: { parcel: { type: "integer" } },
};

export const SendHeadersSchema: Schema<messages.SendHeaders> = {
  type: "object",
  properties: { id: { type: ["string", "null"], format: "uuid", maxLength: 36 } },
};
