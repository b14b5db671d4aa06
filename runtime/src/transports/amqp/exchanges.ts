/** The exchanges that a publisher writes to: each is declared once, and again on every channel that follows. */
import { SagaspecError } from "../../core/errors.js";
import type { SendResult } from "../../messaging/transport.js";
import { declareExchange, onChannel, type TopologyMode } from "./declare.js";
import type { AmqpChannel } from "./driver.js";
import type { ReconnectingConnection } from "./reconnecting-connection.js";
import type { Exchange } from "./topology.js";

export interface Exchanges {
  /** Whether the exchange is known to be there. */
  has(name: string): boolean;
  /** Declares it, once for all who ask at the same time. Gives what becomes of the messages to it. Never rejects. */
  ensure(exchange: Exchange): Promise<SendResult>;
  /** Makes sure on a fresh channel that all of them are still there. */
  redeclare(channel: AmqpChannel): Promise<void>;
}

export interface ExchangesOptions {
  readonly link: ReconnectingConnection;
  readonly topology: TopologyMode;
  warn(error: unknown): void;
}

export function createExchanges({ link, topology, warn }: ExchangesOptions): Exchanges {
  const declared = new Map<string, Exchange>();
  const declaring = new Map<string, Promise<SendResult>>();

  async function declareOnce(exchange: Exchange): Promise<SendResult> {
    try {
      await onChannel(link, (channel) => declareExchange(channel, exchange, topology));
      declared.set(exchange.name, exchange);
      return "accepted";
    } catch (error) {
      // One that cannot be declared is no reason to hold up the messages to others.
      warn(error);
      return error instanceof SagaspecError && error.code === "topology-mismatch" ? "unroutable" : "unknown";
    }
  }

  return {
    has: (name) => declared.has(name),
    ensure(exchange) {
      const pending =
        declaring.get(exchange.name) ?? declareOnce(exchange).finally(() => declaring.delete(exchange.name));
      declaring.set(exchange.name, pending);
      return pending;
    },
    async redeclare(channel) {
      for (const exchange of declared.values()) await declareExchange(channel, exchange, topology);
    },
  };
}
