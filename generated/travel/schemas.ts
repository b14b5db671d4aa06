// Travel 1.0.0. Generated from specs/examples/travel.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const TripIdSchema: Schema<messages.TripId> = { type: "string", minLength: 1 };

export const CitySchema: Schema<messages.City> = { type: "string", minLength: 1 };

export const BookFlightSchema: Schema<messages.BookFlight> = {
  type: "object",
  required: ["tripId", "to", "day"],
  properties: { tripId: TripIdSchema, to: CitySchema, day: { type: "string", format: "date" } },
};

export const BookedSchema: Schema<messages.Booked> = {
  type: "object",
  required: ["number"],
  properties: { number: { type: "string" } },
};

export const SoldOutSchema: Schema<messages.SoldOut> = {
  type: "object",
  required: ["reason"],
  properties: { reason: { type: "string" } },
};

export const CancellationSchema: Schema<messages.Cancellation> = {
  type: "object",
  required: ["tripId"],
  properties: { tripId: TripIdSchema },
};

export const BookHotelSchema: Schema<messages.BookHotel> = {
  type: "object",
  required: ["tripId", "city", "nights"],
  properties: { tripId: TripIdSchema, city: CitySchema, nights: { type: "integer", minimum: 1 } },
};

export const RentCarSchema: Schema<messages.RentCar> = {
  type: "object",
  required: ["tripId", "city", "days"],
  properties: { tripId: TripIdSchema, city: CitySchema, days: { type: "integer", minimum: 1 } },
};

export const TripSchema: Schema<messages.Trip> = {
  type: "object",
  required: ["tripId", "city", "day", "nights"],
  properties: {
    tripId: TripIdSchema,
    city: CitySchema,
    day: { type: "string", format: "date" },
    nights: { type: "integer", minimum: 1 },
  },
};
