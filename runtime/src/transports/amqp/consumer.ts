import { valueWithin } from "../../core/timing.js";
import type { Incoming, Source, Subscription } from "../../messaging/transport.js";
import { createDeadLettering } from "./dead-lettering.js";
import { declareSource, isLocked, type TopologyMode } from "./declare.js";
import { createDeliveries, type Deliveries } from "./deliveries.js";
import type { AmqpChannel } from "./driver.js";
import { createPrefetchWindow } from "./prefetch-window.js";
import type { Publisher } from "./publisher.js";
import { createReconnectingChannel } from "./reconnecting-channel.js";
import type { ReconnectingConnection } from "./reconnecting-connection.js";
import { queueOf } from "./topology.js";

export interface ConsumerOptions {
  readonly link: ReconnectingConnection;
  readonly publisher: Publisher;
  readonly topology: TopologyMode;
  readonly prefetch: number;
  readonly deliveryLimit: number;
  readonly reconnectMaxMs: number;
  readonly stopTimeoutMs: number;
  warn(error: unknown): void;
}

/** Consumes a source on a channel of its own, for as long as it is not stopped. Resolves when the first channel consumes. */
export async function createConsumer(
  source: Source,
  options: ConsumerOptions,
  on: (batch: readonly Incoming[]) => void,
): Promise<Subscription> {
  const { link, publisher, topology, reconnectMaxMs, warn } = options;
  const prefetch = Math.min(Math.max(1, options.prefetch), 65_535);
  // Replies and events wait for a saga however long it takes; only a command can be given up.
  const deliveryLimit = "action" in source && source.action === "receive" ? options.deliveryLimit : Infinity;
  const window = createPrefetchWindow(prefetch);
  let queue = queueOf(source);
  let deliveries: Deliveries | undefined;
  let consuming: { channel: AmqpChannel; tag: string } | undefined;
  let arrived: Incoming[] = [];
  let stopping = false;

  // What came in one read of the socket is handed on together.
  function hand(incoming: Incoming): void {
    if (arrived.push(incoming) > 1) return;
    queueMicrotask(() => {
      const batch = arrived;
      arrived = [];
      on(batch);
    });
  }

  async function setUp(channel: AmqpChannel): Promise<void> {
    try {
      await declareSource(channel, queue, topology);
    } catch (error) {
      // Our own queue, held by a connection that the broker has not missed yet.
      if (isLocked(error)) queue = queueOf(source);
      throw error;
    }
    await channel.prefetch(prefetch);
    const setAside = createDeadLettering(publisher, queue);
    const gather = () => link.gather();
    const mine = createDeliveries({ channel, queue, setAside, window, deliveryLimit, gather, hand, warn });
    deliveries = mine;
    const { consumerTag } = await channel.consume(
      queue.name,
      (raw) => {
        // Null: the queue has been deleted. A new channel declares it again.
        if (raw === null) void channel.close().catch(() => undefined);
        else if (!stopping) mine.receive(raw);
      },
      { noAck: queue.noAck },
    );
    consuming = { channel, tag: consumerTag };
  }

  function lost(): void {
    consuming = undefined;
    deliveries?.end();
    window.connected(false);
  }

  const session = createReconnectingChannel({
    link,
    reconnectMaxMs,
    create: (connection) => connection.createChannel(),
    setUp,
    ready: () => window.connected(true),
    lost,
    warn,
  });
  await session.opened;

  return {
    get address() {
      return queue.name;
    },
    connected: () => window.isConnected(),
    idleSince: () => window.idleSince(),
    async stop() {
      stopping = true;
      if (consuming) await valueWithin(consuming.channel.cancel(consuming.tag), options.stopTimeoutMs);
      deliveries?.release();
      await valueWithin(window.empty(), options.stopTimeoutMs);
      deliveries?.release();
      await session.stop();
      lost();
    },
  };
}
