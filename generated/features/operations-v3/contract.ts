// Operations in 3.x 1.0.0. Generated from operations-v3.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { LampBroken, LightMeasured, ReceiveUserSignedup, SendUserSignedup } from "./messages.js";
import { LampBrokenSchema, LightMeasuredSchema, ReceiveUserSignedupSchema, SendUserSignedupSchema } from "./schemas.js";

/**
 * Operations in 3.x: what others ask of it.
 * The converted form of operations-v2 gives the same names.
 */
export interface OperationsV3 extends Contract<OperationsV3Client, OperationsV3Handlers> {
  /** @see `#/operations/user~1{userId}~1signedup.publish` */
  readonly receiveUserSignedup: Send<ReceiveUserSignedup, UserSignedupParameters>;

  /** @see `#/operations/measure-light` */
  readonly measureLight: {
    readonly lightMeasured: Send<LightMeasured>;
    readonly lampBroken: Send<LampBroken>;
  };
}

/** `createClient(operationsV3, transport)` */
export interface OperationsV3Client extends Client<OperationsV3> {}

/** `serve(operationsV3, handlers, transport)` */
export interface OperationsV3Handlers extends Handlers<OperationsV3> {}

/** Operations in 3.x: what it tells others. */
export interface OperationsV3Events extends Contract<OperationsV3EventsClient, OperationsV3EventsHandlers> {
  /** @see `#/operations/user~1{userId}~1signedup.subscribe` */
  readonly sendUserSignedup: Send<SendUserSignedup, UserSignedupParameters>;

  /** @see `#/operations/ping` */
  readonly ping: Send<void>;
}

/** `createClient(operationsV3Events, transport)`: for the Operations in 3.x itself. */
export interface OperationsV3EventsClient extends Client<OperationsV3Events> {}

/** `subscribe(operationsV3Events, handlers, transport)` */
export interface OperationsV3EventsHandlers extends Handlers<OperationsV3Events> {}

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

export const operationsV3: OperationsV3 = {
  $contract: { service: "operations-v3", version: "1.0.0" },
  receiveUserSignedup: {
    kind: "send",
    id: "operations-v3.receiveUserSignedup",
    action: "receive",
    channel: userSignedup,
    message: receiveUserSignedup,
  },
  measureLight: {
    lightMeasured: {
      kind: "send",
      id: "operations-v3.measureLight.lightMeasured",
      action: "receive",
      channel: lightMeasure,
      message: lightMeasured,
    },
    lampBroken: {
      kind: "send",
      id: "operations-v3.measureLight.lampBroken",
      action: "receive",
      channel: lightMeasure,
      message: lampBroken,
    },
  },
};

export const operationsV3Events: OperationsV3Events = {
  $contract: { service: "operations-v3", version: "1.0.0" },
  sendUserSignedup: {
    kind: "send",
    id: "operations-v3.sendUserSignedup",
    action: "send",
    channel: userSignedup,
    message: sendUserSignedup,
  },
  ping: { kind: "send", id: "operations-v3.ping", action: "send", channel: pings, message: ping },
};
