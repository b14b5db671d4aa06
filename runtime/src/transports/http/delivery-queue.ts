import type { Clock } from "../../core/clock.js";
import type { Incoming, Subscription } from "../../messaging/transport.js";

/** How a delivery leaves the queue for good: as its subscriber said, or because nobody subscribes any more. */
export type Ending = "ack" | "unsubscribed" | { readonly dead: string };

/** A message that waits for a subscriber, in this process only. */
export interface Delivery {
  readonly message: Omit<Incoming, "settle" | "deliveries">;
  /** Whether anybody still wants it delivered again. */
  isWanted(): boolean;
  end(how: Ending): void;
}

interface Waiting extends Delivery {
  deliveries: number;
}

export interface DeliveryQueue {
  /** False when it is full. */
  push(delivery: Delivery): boolean;
  subscribe(address: string, prefetch: number, on: (batch: readonly Incoming[]) => void): Subscription;
  subscribers(): number;
}

export interface DeliveryQueueOptions {
  readonly clock: Clock;
  readonly capacity: number;
  /** Longest wait for handed out messages when a subscription stops. */
  readonly stopMs: number;
  /** Whether what waits stays when the last subscriber has gone. */
  readonly lasting: boolean;
  /** Called when the last subscriber has gone. */
  emptied(): void;
}

/** Hands messages to its subscribers in turn, each within its window, and again after the pause that they ask for. */
export function createDeliveryQueue(options: DeliveryQueueOptions): DeliveryQueue {
  const { clock, capacity, stopMs, lasting } = options;
  const waiting: Waiting[] = [];
  const subscribers: Subscriber[] = [];
  let resting = 0;
  let next = 0;

  interface Subscriber {
    readonly prefetch: number;
    readonly on: (batch: readonly Incoming[]) => void;
    open: number;
    idleSince: number | undefined;
    drained: (() => void) | undefined;
  }

  function deliver(): void {
    for (let full = 0; waiting.length > 0 && full < subscribers.length; ) {
      next = (next + 1) % subscribers.length;
      const subscriber = subscribers[next] as Subscriber;
      const share = Math.ceil(waiting.length / subscribers.length);
      const batch = waiting.splice(0, Math.min(share, subscriber.prefetch - subscriber.open));
      full = batch.length === 0 ? full + 1 : 0;
      if (batch.length > 0) handOut(subscriber, batch);
    }
  }

  function handOut(subscriber: Subscriber, batch: readonly Waiting[]): void {
    subscriber.open += batch.length;
    if (subscriber.open >= subscriber.prefetch) subscriber.idleSince = undefined;
    subscriber.on(
      batch.map((one) => {
        let isSettled = false;
        one.deliveries += 1;
        return {
          ...one.message,
          deliveries: one.deliveries,
          settle(verdict) {
            if (isSettled) return;
            isSettled = true;
            subscriber.open -= 1;
            subscriber.idleSince ??= clock.now();
            if (verdict !== "ack" && "retryIn" in verdict) rest(one, verdict.retryIn);
            else one.end(verdict);
            if (subscriber.open === 0) subscriber.drained?.();
            if (waiting.length > 0) deliver();
          },
        };
      }),
    );
  }

  function rest(one: Waiting, ms: number): void {
    if (!one.isWanted()) {
      one.end("unsubscribed");
      return;
    }
    resting += 1;
    clock.after(Math.max(0, ms), () => {
      resting -= 1;
      if (!one.isWanted() || (subscribers.length === 0 && !lasting)) return one.end("unsubscribed");
      waiting.unshift(one);
      deliver();
    });
  }

  function leave(): void {
    if (subscribers.length > 0) {
      deliver();
      return;
    }
    if (!lasting) for (const one of waiting.splice(0)) one.end("unsubscribed");
    options.emptied();
  }

  return {
    push(delivery) {
      if (waiting.length + resting >= capacity) return false;
      waiting.push({ ...delivery, deliveries: 0 });
      if (waiting.length === 1) queueMicrotask(deliver);
      return true;
    },
    subscribe(address, prefetch, on) {
      const subscriber: Subscriber = {
        prefetch: Math.max(1, prefetch),
        on,
        open: 0,
        idleSince: clock.now(),
        drained: undefined,
      };
      subscribers.push(subscriber);
      queueMicrotask(deliver);
      let stopping: Promise<void> | undefined;

      async function stop(): Promise<void> {
        subscribers.splice(subscribers.indexOf(subscriber), 1);
        leave();
        if (subscriber.open === 0) return;
        await new Promise<void>((resolve) => {
          const cancel = clock.after(stopMs, resolve, true);
          subscriber.drained = () => {
            cancel();
            resolve();
          };
        });
      }

      return {
        address,
        connected: () => stopping === undefined,
        idleSince: () => (stopping === undefined ? subscriber.idleSince : undefined),
        stop() {
          stopping ??= stop();
          return stopping;
        },
      };
    },
    subscribers: () => subscribers.length,
  };
}
