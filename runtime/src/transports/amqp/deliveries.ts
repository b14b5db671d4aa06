import { fastMerge } from "../../core/fast-merge.js";
import type { Incoming, Settlement } from "../../messaging/transport.js";
import { createAcknowledger } from "./acknowledger.js";
import type { DeadLettering } from "./dead-lettering.js";
import type { AmqpChannel, AmqpMessage } from "./driver.js";
import { readMessage } from "./message.js";
import type { PrefetchWindow } from "./prefetch-window.js";
import type { Queue } from "./topology.js";

export interface DeliveriesOptions {
  readonly channel: AmqpChannel;
  readonly queue: Queue;
  readonly setAside: DeadLettering;
  readonly window: PrefetchWindow;
  /** Redeliveries by the broker after which a message is buried: it kills whoever touches it. */
  readonly deliveryLimit: number;
  readonly gather: () => void;
  readonly hand: (incoming: Incoming) => void;
  warn(error: unknown): void;
}

/** The deliveries of one channel, from their arrival until they are settled. */
export interface Deliveries {
  receive(raw: AmqpMessage): void;
  /** Gives back what rests in the process, now and from now on, and writes the acknowledgements gathered. */
  release(): void;
  /** The channel has gone: the broker delivers again what was not settled, and verdicts about it come too late. */
  end(): void;
}

type Delivered = Omit<Incoming, "settle">;

/** How long a delivery rests that could be neither retried nor buried. */
const restMs = 1_000;
let channels = 0;

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { channel, queue, setAside, window } = options;
  const acknowledger = createAcknowledger(channel, options.gather);
  const origin = `${queue.name}/${process.pid}.${Date.now()}.${++channels}`;
  const resting = new Map<NodeJS.Timeout, () => void>();
  let releasing = false;
  let ended = false;

  function handOut(raw: AmqpMessage, delivered: Delivered): void {
    let settled = false;
    options.hand(
      fastMerge(delivered, {
        settle(verdict: Settlement) {
          if (settled) return;
          settled = true;
          settle(raw, delivered, verdict);
        },
      }),
    );
  }

  function settle(raw: AmqpMessage, delivered: Delivered, verdict: Settlement): void {
    if (ended) window.settled(true);
    else if (verdict === "ack") done(raw);
    else if ("dead" in verdict) void move(raw, setAside.bury(raw, delivered, verdict.dead));
    else if (queue.transient) rest(verdict.retryIn, () => again(raw, delivered));
    else void move(raw, setAside.retry(raw, delivered, verdict.retryIn));
  }

  function done(raw: AmqpMessage): void {
    if (!queue.noAck) acknowledger.ack(raw.fields.deliveryTag);
    window.settled(ended);
  }

  async function move(raw: AmqpMessage, moving: Promise<boolean>): Promise<void> {
    const safe = await moving.catch((error: unknown) => {
      options.warn(error);
      return false;
    });
    if (ended || queue.noAck) window.settled(ended);
    else if (safe) done(raw);
    else rest(restMs, () => giveBack(raw));
  }

  function again(raw: AmqpMessage, delivered: Delivered): void {
    if (queue.noAck && !releasing) handOut(raw, { ...delivered, deliveries: delivered.deliveries + 1 });
    else giveBack(raw);
  }

  function giveBack(raw: AmqpMessage): void {
    if (!queue.noAck) acknowledger.requeue(raw.fields.deliveryTag);
    window.settled(ended);
  }

  function rest(ms: number, then: () => void): void {
    if (releasing) {
      then();
      return;
    }
    const timer = setTimeout(() => {
      resting.delete(timer);
      then();
    }, ms);
    resting.set(timer, then);
  }

  return {
    receive(raw) {
      const delivered = readMessage(raw, `${origin}/${raw.fields.deliveryTag}`);
      window.handedOut();
      if (!queue.noAck) acknowledger.delivered(raw.fields.deliveryTag);
      if (queue.template && !queue.template.test(delivered.address ?? "")) done(raw);
      else if (redeliveries(raw) > options.deliveryLimit)
        void move(raw, setAside.bury(raw, delivered, "delivery-limit"));
      else handOut(raw, delivered);
    },
    release() {
      releasing = true;
      for (const [timer, then] of resting) {
        clearTimeout(timer);
        then();
      }
      resting.clear();
      acknowledger.flush();
    },
    end() {
      ended = true;
      acknowledger.end();
      for (const timer of resting.keys()) {
        clearTimeout(timer);
        window.settled(true);
      }
      resting.clear();
    },
  };
}

function redeliveries(raw: AmqpMessage): number {
  const count = raw.properties.headers?.["x-delivery-count"];
  return typeof count === "number" ? count : 0;
}
