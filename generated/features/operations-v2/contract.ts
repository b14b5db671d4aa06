// Operations in 2.x 1.0.0. Generated from operations-v2.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { LampBroken, LightMeasured, ReceiveUserSignedup, SendUserSignedup } from "./messages.js";
import { LampBrokenSchema, LightMeasuredSchema, ReceiveUserSignedupSchema, SendUserSignedupSchema } from "./schemas.js";

/**
 * Operations in 2.x: what others ask of it.
 * The application receives what is published; nameless operations are called after their channel.
 */
export interface OperationsV2 extends Contract<OperationsV2Client, OperationsV2Handlers> {
  /** @see `#/channels/user~1{userId}~1signedup/publish` */
  readonly receiveUserSignedup: Send<ReceiveUserSignedup, UserSignedupParameters>;

  /** @see `#/channels/light~1measure/publish` */
  readonly measureLight: {
    readonly lightMeasured: Send<LightMeasured>;
    readonly lampBroken: Send<LampBroken>;
  };
}

/** `createClient(operationsV2, transport)` */
export interface OperationsV2Client extends Client<OperationsV2> {}

/** `serve(operationsV2, handlers, transport)` */
export interface OperationsV2Handlers extends Handlers<OperationsV2> {}

/** Operations in 2.x: what it tells others. */
export interface OperationsV2Events extends Contract<OperationsV2EventsClient, OperationsV2EventsHandlers> {
  /** @see `#/channels/user~1{userId}~1signedup/subscribe` */
  readonly sendUserSignedup: Send<SendUserSignedup, UserSignedupParameters>;

  /** @see `#/channels/pings/subscribe` */
  readonly ping: Send<void>;
}

/** `createClient(operationsV2Events, transport)`: for the Operations in 2.x itself. */
export interface OperationsV2EventsClient extends Client<OperationsV2Events> {}

/** `subscribe(operationsV2Events, handlers, transport)` */
export interface OperationsV2EventsHandlers extends Handlers<OperationsV2Events> {}

/**
 * Parameters of `user/{userId}/signedup`.
 * @see `#/channels/user~1{userId}~1signedup`
 */
export interface UserSignedupParameters {
  /** Who signed up. */
  userId?: "a" | "b";
}

const userSignedup: Channel = {
  address: "user/{userId}/signedup",
  parameters: { userId: { enum: ["a", "b"], default: "a", location: "$message.payload#/id" } },
};
const lightMeasure: Channel = { address: "light/measure" };
const pings: Channel = { address: "pings" };

const receiveUserSignedup: Message<ReceiveUserSignedup> = {
  name: "receiveUserSignedup",
  payload: ReceiveUserSignedupSchema,
};
const sendUserSignedup: Message<SendUserSignedup> = { name: "sendUserSignedup", payload: SendUserSignedupSchema };
const lightMeasured: Message<LightMeasured> = { name: "light.measured", payload: LightMeasuredSchema };
const lampBroken: Message<LampBroken> = { name: "lampBroken", payload: LampBrokenSchema };
const ping: Message<void> = { name: "ping" };

export const operationsV2: OperationsV2 = {
  $contract: { service: "operations-v2", version: "1.0.0" },
  receiveUserSignedup: {
    kind: "send",
    id: "operations-v2.receiveUserSignedup",
    action: "receive",
    channel: userSignedup,
    message: receiveUserSignedup,
  },
  measureLight: {
    lightMeasured: {
      kind: "send",
      id: "operations-v2.measureLight.lightMeasured",
      action: "receive",
      channel: lightMeasure,
      message: lightMeasured,
    },
    lampBroken: {
      kind: "send",
      id: "operations-v2.measureLight.lampBroken",
      action: "receive",
      channel: lightMeasure,
      message: lampBroken,
    },
  },
};

export const operationsV2Events: OperationsV2Events = {
  $contract: { service: "operations-v2", version: "1.0.0" },
  sendUserSignedup: {
    kind: "send",
    id: "operations-v2.sendUserSignedup",
    action: "send",
    channel: userSignedup,
    message: sendUserSignedup,
  },
  ping: { kind: "send", id: "operations-v2.ping", action: "send", channel: pings, message: ping },
};
