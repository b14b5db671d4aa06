// Parameters 1.0.0. Generated from parameters.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { BookRoom, CleanRoom, Whisper } from "./messages.js";
import { BookRoomSchema, CleanRoomSchema, WhisperSchema } from "./schemas.js";

/**
 * Parameters: what others ask of it.
 * Addresses with parameters: given, from a list, by default, from the message, and known only at run time.
 */
export interface Parameters extends Contract<ParametersClient, ParametersHandlers> {
  /** @see `#/operations/cleanRoom` */
  readonly cleanRoom: Send<CleanRoom, RoomsParameters>;

  /** @see `#/operations/bookRoom` */
  readonly bookRoom: Send<BookRoom, BookingsParameters>;

  /** @see `#/operations/whisper` */
  readonly whisper: Send<Whisper>;
}

/** `createClient(parameters, transport)` */
export interface ParametersClient extends Client<Parameters> {}

/** `serve(parameters, handlers, transport)` */
export interface ParametersHandlers extends Handlers<Parameters> {}

/**
 * Parameters of `rooms.{floor}.{room}`.
 * @see `#/channels/rooms`
 */
export interface RoomsParameters {
  /** Where the room lies. */
  floor: "ground" | "first";
  room: string;
}

/**
 * Parameters of `bookings.{region}.{guest}`.
 * @see `#/channels/bookings`
 */
export interface BookingsParameters {
  region?: string;
  guest?: string;
}

const rooms: Channel = {
  address: "rooms.{floor}.{room}",
  parameters: { floor: { enum: ["ground", "first"] }, room: {} },
};
const bookings: Channel = {
  address: "bookings.{region}.{guest}",
  parameters: { region: { default: "north" }, guest: { location: "$message.payload#/guest" } },
};
const private_: Channel = { address: null };

const cleanRoom: Message<CleanRoom> = { name: "cleanRoom", payload: CleanRoomSchema };
const bookRoom: Message<BookRoom> = { name: "bookRoom", payload: BookRoomSchema };
const whisper: Message<Whisper> = { name: "whisper", payload: WhisperSchema };

export const parameters: Parameters = {
  $contract: { service: "parameters", version: "1.0.0" },
  cleanRoom: { kind: "send", id: "parameters.cleanRoom", action: "receive", channel: rooms, message: cleanRoom },
  bookRoom: { kind: "send", id: "parameters.bookRoom", action: "receive", channel: bookings, message: bookRoom },
  whisper: { kind: "send", id: "parameters.whisper", action: "receive", channel: private_, message: whisper },
};
