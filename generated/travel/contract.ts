// Travel 1.0.0. Generated from specs/examples/travel.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request } from "@sagaspec/runtime/codegen";
import type { BookFlight, BookHotel, Booked, Cancellation, RentCar, SoldOut } from "./messages.js";
import {
  BookFlightSchema,
  BookHotelSchema,
  BookedSchema,
  CancellationSchema,
  RentCarSchema,
  SoldOutSchema,
} from "./schemas.js";

/**
 * Travel: what others ask of it.
 * Books flights, hotels and cars, and gives them up again.
 */
export interface Travel extends Contract<TravelClient, TravelHandlers> {
  /**
   * Books a seat on a flight.
   * @see `#/operations/bookFlight`
   */
  readonly bookFlight: Request<BookFlight, Booked, { soldOut: SoldOut }>;

  /**
   * Gives a trip's seat up, if there is one.
   * @see `#/operations/cancelFlight`
   */
  readonly cancelFlight: Request<Cancellation, void>;

  /**
   * Books a room.
   * @see `#/operations/bookHotel`
   */
  readonly bookHotel: Request<BookHotel, Booked, { soldOut: SoldOut }>;

  /**
   * Gives a trip's room up, if there is one.
   * @see `#/operations/cancelHotel`
   */
  readonly cancelHotel: Request<Cancellation, void>;

  /**
   * Reserves a car.
   * @see `#/operations/rentCar`
   */
  readonly rentCar: Request<RentCar, Booked, { soldOut: SoldOut }>;

  /**
   * Gives a trip's car up, if there is one.
   * @see `#/operations/cancelCar`
   */
  readonly cancelCar: Request<Cancellation, void>;
}

/** `createClient(travel, transport)` */
export interface TravelClient extends Client<Travel> {}

/** `serve(travel, handlers, transport)` */
export interface TravelHandlers extends Handlers<Travel> {}

const flights: Channel = { address: "travel.flights" };
const hotels: Channel = { address: "travel.hotels" };
const cars: Channel = { address: "travel.cars" };

const bookFlight: Message<BookFlight> = {
  name: "bookFlight",
  payload: BookFlightSchema,
  correlationId: "$message.header#/correlationId",
};
const booked: Message<Booked> = {
  name: "booked",
  payload: BookedSchema,
  correlationId: "$message.header#/correlationId",
};
const soldOut: Message<SoldOut> = {
  name: "soldOut",
  payload: SoldOutSchema,
  correlationId: "$message.header#/correlationId",
};
const cancelFlight: Message<Cancellation> = {
  name: "cancelFlight",
  payload: CancellationSchema,
  correlationId: "$message.header#/correlationId",
};
const cancelled: Message<void> = { name: "cancelled", correlationId: "$message.header#/correlationId" };
const bookHotel: Message<BookHotel> = {
  name: "bookHotel",
  payload: BookHotelSchema,
  correlationId: "$message.header#/correlationId",
};
const cancelHotel: Message<Cancellation> = {
  name: "cancelHotel",
  payload: CancellationSchema,
  correlationId: "$message.header#/correlationId",
};
const rentCar: Message<RentCar> = {
  name: "rentCar",
  payload: RentCarSchema,
  correlationId: "$message.header#/correlationId",
};
const cancelCar: Message<Cancellation> = {
  name: "cancelCar",
  payload: CancellationSchema,
  correlationId: "$message.header#/correlationId",
};

const cancelFlightOperation: Travel["cancelFlight"] = {
  kind: "request",
  id: "travel.cancelFlight",
  action: "receive",
  channel: flights,
  message: cancelFlight,
  reply: { address: "$message.header#/replyTo", success: [cancelled] },
};

const cancelHotelOperation: Travel["cancelHotel"] = {
  kind: "request",
  id: "travel.cancelHotel",
  action: "receive",
  channel: hotels,
  message: cancelHotel,
  reply: { address: "$message.header#/replyTo", success: [cancelled] },
};

const cancelCarOperation: Travel["cancelCar"] = {
  kind: "request",
  id: "travel.cancelCar",
  action: "receive",
  channel: cars,
  message: cancelCar,
  reply: { address: "$message.header#/replyTo", success: [cancelled] },
};

export const travel: Travel = {
  $contract: { service: "travel", version: "1.0.0" },
  bookFlight: {
    kind: "request",
    id: "travel.bookFlight",
    action: "receive",
    channel: flights,
    message: bookFlight,
    reply: { address: "$message.header#/replyTo", success: [booked], failure: { soldOut } },
    timeoutMs: 5_000,
    compensatedBy: cancelFlightOperation,
  },
  cancelFlight: cancelFlightOperation,
  bookHotel: {
    kind: "request",
    id: "travel.bookHotel",
    action: "receive",
    channel: hotels,
    message: bookHotel,
    reply: { address: "$message.header#/replyTo", success: [booked], failure: { soldOut } },
    timeoutMs: 5_000,
    compensatedBy: cancelHotelOperation,
  },
  cancelHotel: cancelHotelOperation,
  rentCar: {
    kind: "request",
    id: "travel.rentCar",
    action: "receive",
    channel: cars,
    message: rentCar,
    reply: { address: "$message.header#/replyTo", success: [booked], failure: { soldOut } },
    timeoutMs: 5_000,
    compensatedBy: cancelCarOperation,
  },
  cancelCar: cancelCarOperation,
};
