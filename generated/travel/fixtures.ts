// Travel 1.0.0. Generated from specs/examples/travel.yaml by sagaspec; do not edit.
import type { BookFlight, BookHotel, Booked, Cancellation, RentCar, SoldOut } from "./messages.js";

/** Examples of `bookFlight`. */
export const bookFlight: { readonly example: BookFlight } = {
  example: { tripId: "lisbon-1", to: "Lisbon", day: "2027-05-01" },
};

/** Examples of `booked`. */
export const booked: { readonly example: Booked } = { example: { number: "TP-42" } };

/** Examples of `soldOut`. */
export const soldOut: { readonly example: SoldOut } = { example: { reason: "it is a holiday" } };

/** Examples of `cancelFlight`. */
export const cancelFlight: { readonly example: Cancellation } = { example: { tripId: "lisbon-1" } };

/** Examples of `bookHotel`. */
export const bookHotel: { readonly example: BookHotel } = {
  example: { tripId: "lisbon-1", city: "Lisbon", nights: 3 },
};

/** Examples of `cancelHotel`. */
export const cancelHotel: { readonly example: Cancellation } = { example: { tripId: "lisbon-1" } };

/** Examples of `rentCar`. */
export const rentCar: { readonly example: RentCar } = { example: { tripId: "lisbon-1", city: "Lisbon", days: 3 } };

/** Examples of `cancelCar`. */
export const cancelCar: { readonly example: Cancellation } = { example: { tripId: "lisbon-1" } };
