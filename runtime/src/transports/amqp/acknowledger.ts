import type { AmqpChannel } from "./driver.js";

/** Collects the acknowledgements of one channel and writes them in as few frames as possible, once a turn of the event loop. */
export interface Acknowledger {
  /** A delivery has come, which `ack` or `requeue` will settle. In the order of their tags. */
  delivered(tag: number): void;
  ack(tag: number): void;
  /** Gives the delivery back, to be delivered again. */
  requeue(tag: number): void;
  /** Writes what has been collected. */
  flush(): void;
  /** The channel is gone, and its tags with it. */
  end(): void;
}

/** "All up to" is only said of a tag that is outstanding itself. */
export function createAcknowledger(channel: AmqpChannel, corkSocket: () => void): Acknowledger {
  /** What the broker waits for, oldest first: no more than it hands out at a time. */
  const outstanding = new Set<number>();
  /** Those of them that wait for the flush. */
  const collected = new Set<number>();
  let scheduled = false;
  let ended = false;

  function flush(): void {
    scheduled = false;
    if (ended || collected.size === 0) return;
    let upTo = 0;
    for (const tag of outstanding) {
      if (!collected.delete(tag)) break;
      outstanding.delete(tag);
      upTo = tag;
    }
    attempt(() => {
      if (upTo > 0) channel.ack({ fields: { deliveryTag: upTo } }, true);
      for (const tag of collected) {
        channel.ack({ fields: { deliveryTag: tag } });
        outstanding.delete(tag);
      }
    });
    collected.clear();
    corkSocket();
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
    delivered(tag) {
      outstanding.add(tag);
    },
    ack(tag) {
      collected.add(tag);
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(flush);
    },
    requeue(tag) {
      if (ended) return;
      outstanding.delete(tag);
      attempt(() => channel.reject({ fields: { deliveryTag: tag } }, true));
      corkSocket();
    },
    flush,
    end() {
      ended = true;
    },
  };
}
