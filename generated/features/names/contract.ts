// Names 1.0.0. Generated from names.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { BestThing, OrderMessage, RecordMessage } from "./messages.js";
import { BestThingSchema, OrderMessageSchema, RecordMessageSchema } from "./schemas.js";

/**
 * Names: what others ask of it.
 * Clashes, reserved words, odd characters.
 */
export interface Names extends Contract<NamesClient, NamesHandlers> {
  /** @see `#/operations/then` */
  readonly then_: {
    readonly record: Send<RecordMessage, DeleteParameters>;
    readonly order: Send<OrderMessage, DeleteParameters>;
  };

  /** @see `#/operations/to_string` */
  readonly toString_: Send<OrderMessage, DeleteParameters>;

  /** @see `#/operations/constructor` */
  readonly constructor_: Send<BestThing>;
}

/** `createClient(names, transport)` */
export interface NamesClient extends Client<Names> {}

/** `serve(names, handlers, transport)` */
export interface NamesHandlers extends Handlers<Names> {}

/** Names: what it tells others. */
export interface NamesEvents extends Contract<NamesEventsClient, NamesEventsHandlers> {
  /** @see `#/operations/send-it` */
  readonly deleteSendIt: {
    readonly record: Send<RecordMessage, DeleteParameters>;
    readonly order: Send<OrderMessage, DeleteParameters>;
  };

  /** @see `#/operations/sendIt` */
  readonly "überStraßeSendIt": Send<BestThing>;
}

/** `createClient(namesEvents, transport)`: for the Names itself. */
export interface NamesEventsClient extends Client<NamesEvents> {}

/** `subscribe(namesEvents, handlers, transport)` */
export interface NamesEventsHandlers extends Handlers<NamesEvents> {}

/**
 * Parameters of `shop/{id}/delete`.
 * @see `#/channels/delete`
 */
export interface DeleteParameters {
  id: string;
}

const delete_: Channel = { address: "shop/{id}/delete", parameters: { id: {} } };
const überStraße: Channel = { address: "x" };

const record: Message<RecordMessage> = { name: "record", payload: RecordMessageSchema };
const order: Message<OrderMessage> = { name: "Order", payload: OrderMessageSchema };
const bestThing: Message<BestThing> = { name: "1st-thing", payload: BestThingSchema };

export const names: Names = {
  $contract: { service: "names", version: "1.0.0" },
  then_: {
    record: { kind: "send", id: "names.then_.record", action: "receive", channel: delete_, message: record },
    order: { kind: "send", id: "names.then_.order", action: "receive", channel: delete_, message: order },
  },
  toString_: { kind: "send", id: "names.toString_", action: "receive", channel: delete_, message: order },
  constructor_: { kind: "send", id: "names.constructor_", action: "receive", channel: überStraße, message: bestThing },
};

export const namesEvents: NamesEvents = {
  $contract: { service: "names", version: "1.0.0" },
  deleteSendIt: {
    record: { kind: "send", id: "names.deleteSendIt.record", action: "send", channel: delete_, message: record },
    order: { kind: "send", id: "names.deleteSendIt.order", action: "send", channel: delete_, message: order },
  },
  "überStraßeSendIt": {
    kind: "send",
    id: "names.überStraßeSendIt",
    action: "send",
    channel: überStraße,
    message: bestThing,
  },
};
