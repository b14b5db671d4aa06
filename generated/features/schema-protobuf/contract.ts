// Protobuf 1.0.0. Generated from schema-protobuf.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { Point } from "./messages.js";
import { PointSchema } from "./schemas.js";

/**
 * Protobuf: what others ask of it.
 * Read through its schema parser.
 */
export interface SchemaProtobuf extends Contract<SchemaProtobufClient, SchemaProtobufHandlers> {
  /** @see `#/channels/points/publish` */
  readonly onPoint: Send<Point>;
}

/** `createClient(schemaProtobuf, transport)` */
export interface SchemaProtobufClient extends Client<SchemaProtobuf> {}

/** `serve(schemaProtobuf, handlers, transport)` */
export interface SchemaProtobufHandlers extends Handlers<SchemaProtobuf> {}

const points: Channel = { address: "points" };

const point: Message<Point> = { name: "point", payload: PointSchema };

export const schemaProtobuf: SchemaProtobuf = {
  $contract: { service: "schema-protobuf", version: "1.0.0" },
  onPoint: { kind: "send", id: "schema-protobuf.onPoint", action: "receive", channel: points, message: point },
};
