import { messageOf } from "../../core/errors.js";
import { valueWithin } from "../../core/timing.js";
import type { Incoming, Source, Subscription } from "../../messaging/transport.js";
import type { AmqpContext } from "./context.js";
import { createDeadLettering } from "./dead-lettering.js";
import { declareQueue, declareSource, isDifferent, isLocked, onChannel, queueAsBefore } from "./declare.js";
import { createDeliveries, createPrefetchWindow, type Deliveries } from "./deliveries.js";
import type { AmqpChannel } from "./driver.js";
import type { Publisher } from "./publisher.js";
import { createReconnectingChannel } from "./reconnecting-channel.js";
import type { ReconnectingConnection } from "./reconnecting-connection.js";
import { deadQueue, queueOf } from "./topology.js";

/**
 * Consumes a source on a channel of its own until it is stopped. Resolves when the first channel consumes.
 * @throws SagaspecError `topology-mismatch` when the broker has the queue or exchange otherwise, or not at all
 */
export async function createConsumer(
  context: AmqpContext,
  connection: ReconnectingConnection,
  publisher: Publisher,
  from: { readonly source: Source; readonly prefetch: number },
  on: (batch: readonly Incoming[]) => void,
): Promise<Subscription> {
  const { source } = from;
  const prefetch = Math.min(Math.max(1, from.prefetch), 65_535);
  // Replies and events wait for a saga however long it takes; only a command can be given up.
  const deliveryLimit = "action" in source && source.action === "receive" ? context.deliveryLimit : Infinity;
  const window = createPrefetchWindow(prefetch);
  let { topology } = context;
  let queue = queueOf(source);
  let deliveries: Deliveries | undefined;
  let consuming: { channel: AmqpChannel; tag: string } | undefined;
  let hasConsumed = false;
  let arrived: Incoming[] = [];
  let isStopping = false;
  let knownAs = queue.name;
  let renamed = () => {};

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
    await declare(channel);
    await channel.prefetch(prefetch);
    const opened = createDeliveries(context, {
      channel,
      queue,
      deadLettering: createDeadLettering(publisher, queue),
      window,
      deliveryLimit,
      corkSocket: () => connection.corkSocket(),
      hand,
    });
    deliveries = opened;
    const { consumerTag } = await channel.consume(
      queue.name,
      (raw) => {
        // Null: the queue has been deleted. A new channel declares it again.
        if (raw === null) void channel.close().catch(() => undefined);
        else if (!isStopping) opened.receive(raw);
      },
      { noAck: queue.noAck },
    );
    consuming = { channel, tag: consumerTag };
    hasConsumed = true;
    if (knownAs === queue.name) return;
    knownAs = queue.name;
    renamed();
  }

  /** An error closes the channel: what is changed here counts for the next attempt. */
  async function declare(channel: AmqpChannel): Promise<void> {
    try {
      await declareSource(channel, queue, topology);
    } catch (error) {
      const before = queueAsBefore(queue, error);
      if (before) {
        queue = before;
        throw new Error(messageOf(error), { cause: error });
      }
      // Our own queue, held by a connection whose end the broker has not noticed yet.
      if (isLocked(error)) queue = queueOf(source);
      // The queue was replaced while it was consumed: its messages still have to be handled.
      else topology = hasConsumed && isDifferent(error) ? "verify" : context.topology;
      throw error;
    }
  }

  function lost(): boolean {
    consuming = undefined;
    deliveries?.end();
    window.connected(false);
    return false;
  }

  const { baseName } = queue;
  if (topology === "verify" && baseName !== undefined && !queue.isTransient) {
    // Without it a message that has failed for good could go nowhere, and its handler would run again and again.
    await onChannel(connection, (channel) => declareQueue(channel, deadQueue(baseName), topology));
  }
  const reconnecting = createReconnectingChannel(context, connection, {
    create: (open) => open.createChannel(),
    setUp,
    ready: () => window.connected(true),
    lost,
  });
  await reconnecting.opened;

  return {
    get address() {
      return queue.name;
    },
    onRenamed(heard) {
      renamed = heard;
    },
    connected: () => window.isConnected(),
    idleSince: () => window.idleSince(),
    async stop() {
      isStopping = true;
      if (consuming) await valueWithin(consuming.channel.cancel(consuming.tag), context.stopTimeoutMs);
      deliveries?.release();
      await valueWithin(window.empty(), context.stopTimeoutMs);
      deliveries?.release();
      await reconnecting.stop();
      lost();
    },
  };
}
