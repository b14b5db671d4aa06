import type { Bindings } from "../../codegen.js";
import type { ExchangeOptions, QueueOptions, Table } from "./driver.js";

/**
 * The amqp bindings of a channel and its operation, merged.
 * @see https://github.com/asyncapi/bindings/tree/master/amqp
 */
export interface AmqpBinding {
  readonly is?: "queue" | "routingKey";
  readonly exchange?: ExchangeOptions & Table & { readonly name?: string; readonly type?: string };
  readonly queue?: QueueOptions & Table & { readonly name?: string };
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly deliveryMode?: number;
  readonly priority?: number;
  readonly mandatory?: boolean;
  /** Milliseconds. */
  readonly expiration?: number;
  readonly timestamp?: boolean;
  readonly userId?: string;
  readonly replyTo?: string;
  readonly ack?: boolean;
  readonly contentEncoding?: string;
}

/** The amqp part of bindings. The document's schema has been checked before: the shape is taken as it stands. */
export function amqpBinding(bindings: Bindings | undefined): AmqpBinding {
  return (bindings?.amqp ?? {}) as AmqpBinding;
}

/** Broker arguments of a queue or exchange: its members that start with `x-`, and those under `arguments`. */
export function argumentsOf(declared: { readonly arguments?: Table } & Table): Table {
  const extensions = Object.entries(declared).filter(([key]) => key.startsWith("x-") && key !== "x-arguments");
  const listed = declared["x-arguments"];
  return {
    ...Object.fromEntries(extensions),
    ...(typeof listed === "object" ? listed : {}),
    ...declared.arguments,
  };
}
