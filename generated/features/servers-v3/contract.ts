// Servers in 3.x 1.0.0. Generated from servers-v3.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send, Server } from "@sagaspec/runtime/codegen";
import type { Order } from "./messages.js";
import { OrderSchema } from "./schemas.js";

/**
 * Servers in 3.x: what others ask of it.
 * Host, path, variables, security, bindings.
 */
export interface ServersV3 extends Contract<ServersV3Client, ServersV3Handlers> {
  /** @see `#/operations/onOrder` */
  readonly onOrder: Send<Order>;
}

/** `createClient(serversV3, transport)` */
export interface ServersV3Client extends Client<ServersV3> {}

/** `serve(serversV3, handlers, transport)` */
export interface ServersV3Handlers extends Handlers<ServersV3> {}

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

const order: Message<Order> = { name: "order", payload: OrderSchema };

export const serversV3: ServersV3 = {
  $contract: { service: "servers-v3", version: "1.0.0", servers },
  onOrder: { kind: "send", id: "servers-v3.onOrder", action: "receive", channel: orders, message: order },
};
