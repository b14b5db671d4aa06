import type { AmqpChannel } from "./driver.js";

/** Gathers the acknowledgements of one channel: as few frames as possible, once a turn of the event loop. */
export interface Acknowledger {
  ack(tag: number): void;
  /** Gives the delivery back, to be delivered again. */
  requeue(tag: number): void;
  /** Writes what has been gathered. */
  flush(): void;
  /** The channel has gone: its tags mean nothing any more. */
  end(): void;
}

/**
 * Delivery tags count from 1. Everything up to `low` is settled at the broker; `above` are those settled one by one
 * beyond it; `gathered` waits for the flush. "All up to" is only said of a tag that is outstanding itself.
 */
export function createAcknowledger(channel: AmqpChannel, gather: () => void): Acknowledger {
  const above = new Set<number>();
  const gathered = new Set<number>();
  let low = 0;
  let scheduled = false;
  let ended = false;

  function flush(): void {
    scheduled = false;
    if (ended || gathered.size === 0) return;
    let upTo = 0;
    while (gathered.has(low + 1) || above.has(low + 1)) {
      low++;
      if (gathered.delete(low)) upTo = low;
      above.delete(low);
    }
    attempt(() => {
      if (upTo > 0) channel.ack({ fields: { deliveryTag: upTo } }, true);
      for (const tag of gathered) {
        channel.ack({ fields: { deliveryTag: tag } });
        above.add(tag);
      }
    });
    gathered.clear();
    gather();
  }

  // A channel that closes takes its acknowledgements along: the broker delivers those messages again.
  function attempt(write: () => void): void {
    try {
      write();
    } catch {
      ended = true;
    }
  }

  return {
    ack(tag) {
      gathered.add(tag);
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(flush);
    },
    requeue(tag) {
      if (ended) return;
      above.add(tag);
      attempt(() => channel.reject({ fields: { deliveryTag: tag } }, true));
      gather();
    },
    flush,
    end() {
      ended = true;
    },
  };
}
