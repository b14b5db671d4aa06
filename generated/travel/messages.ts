// Travel 1.0.0. Generated from specs/examples/travel.yaml by sagaspec; do not edit.

/**
 * A flight to book.
 * @see `#/components/messages/bookFlight`
 */
export interface BookFlight {
  tripId: TripId;
  to: City;
  /** Format: date. */
  day: string;
}

/**
 * It is booked, under this number.
 * @see `#/components/messages/booked`
 */
export interface Booked {
  number: string;
}

/**
 * There is none left.
 * @see `#/components/messages/soldOut`
 */
export interface SoldOut {
  reason: string;
}

/**
 * What is cancelled goes by its trip, so that no booking number is needed.
 * @see `#/components/schemas/Cancellation`
 */
export interface Cancellation {
  tripId: TripId;
}

/**
 * A room to book.
 * @see `#/components/messages/bookHotel`
 */
export interface BookHotel {
  tripId: TripId;
  city: City;
  /** At least 1. */
  nights: number;
}

/**
 * A car to reserve.
 * @see `#/components/messages/rentCar`
 */
export interface RentCar {
  tripId: TripId;
  city: City;
  /** At least 1. */
  days: number;
}

/**
 * Names a trip; everything that is booked for it goes by it. At least one character.
 * @see `#/components/schemas/TripId`
 */
export type TripId = string;

/**
 * At least one character.
 * @see `#/components/schemas/City`
 */
export type City = string;

/**
 * A few days in a city.
 * @see `#/components/schemas/Trip`
 */
export interface Trip {
  tripId: TripId;
  city: City;
  /** When it begins. Format: date. */
  day: string;
  /** At least 1. */
  nights: number;
}
