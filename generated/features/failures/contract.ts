// Failures 1.0.0. Generated from failures.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request } from "@sagaspec/runtime/codegen";
import type { BookSeat, SeatBooked, SeatTaken, Troubled } from "./messages.js";
import { BookSeatSchema, SeatBookedSchema, SeatTakenSchema, TroubledSchema } from "./schemas.js";

/**
 * Failures: what others ask of it.
 * Failures that a contract declares, one of them in the shape of unexpected errors.
 */
export interface Failures extends Contract<FailuresClient, FailuresHandlers> {
  /** @see `#/operations/bookSeat` */
  readonly bookSeat: Request<BookSeat, SeatBooked, { seatTaken: SeatTaken; troubled: Troubled }>;
}

/** `createClient(failures, transport)` */
export interface FailuresClient extends Client<Failures> {}

/** `serve(failures, handlers, transport)` */
export interface FailuresHandlers extends Handlers<Failures> {}

const seats: Channel = { address: "seats" };

const bookSeat: Message<BookSeat> = { name: "bookSeat", payload: BookSeatSchema };
const seatBooked: Message<SeatBooked> = { name: "seatBooked", payload: SeatBookedSchema };
const seatTaken: Message<SeatTaken> = { name: "seatTaken", payload: SeatTakenSchema };
const troubled: Message<Troubled> = { name: "troubled", payload: TroubledSchema };

export const failures: Failures = {
  $contract: { service: "failures", version: "1.0.0" },
  bookSeat: {
    kind: "request",
    id: "failures.bookSeat",
    action: "receive",
    channel: seats,
    message: bookSeat,
    reply: { success: [seatBooked], failure: { seatTaken, troubled } },
  },
};
