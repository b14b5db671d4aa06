// Servers in 2.x 1.0.0. Generated from servers-v2.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send, Server } from "@sagaspec/runtime/codegen";
import type { OnOrder } from "./messages.js";
import { OnOrderSchema } from "./schemas.js";

/**
 * Servers in 2.x: what others ask of it.
 * URL, variables, security, bindings.
 */
export interface ServersV2 extends Contract<ServersV2Client, ServersV2Handlers> {
  /** @see `#/channels/orders/publish` */
  readonly onOrder: Send<OnOrder>;
}

/** `createClient(serversV2, transport)` */
export interface ServersV2Client extends Client<ServersV2> {}

/** `serve(serversV2, handlers, transport)` */
export interface ServersV2Handlers extends Handlers<ServersV2> {}

const servers: { readonly [name: string]: Server } = {
  production: {
    host: "{region}.shop.example:{port}",
    protocol: "amqp",
    pathname: "/orders",
    variables: { region: { default: "eu", enum: ["eu", "us"] }, port: { default: "5672" } },
    security: ["userPassword"],
  },
};
const orders: Channel = { address: "orders" };

const onOrder: Message<OnOrder> = { name: "onOrder", payload: OnOrderSchema };

export const serversV2: ServersV2 = {
  $contract: { service: "servers-v2", version: "1.0.0", servers },
  onOrder: { kind: "send", id: "servers-v2.onOrder", action: "receive", channel: orders, message: onOrder },
};
