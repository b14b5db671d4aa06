import { SagaspecError } from "../../core/errors.js";
import { fastMerge } from "../../core/fast-merge.js";
import { backoffMs } from "../../core/timing.js";
import type { Incoming, Settlement } from "../../messaging/transport.js";
import { createAcknowledger } from "./acknowledger.js";
import type { AmqpContext } from "./context.js";
import type { DeadLettering } from "./dead-lettering.js";
import type { AmqpChannel, AmqpMessage } from "./driver.js";
import { readMessage } from "./message.js";
import type { Queue } from "./topology.js";

export interface DeliveriesUse {
  readonly channel: AmqpChannel;
  readonly queue: Queue;
  readonly deadLettering: DeadLettering;
  readonly window: PrefetchWindow;
  /** Redeliveries by the broker after which a message is dead-lettered: it may kill each process that handles it. */
  readonly deliveryLimit: number;
  corkSocket(): void;
  hand(incoming: Incoming): void;
}

/** The deliveries of one channel, from their arrival until they are settled. */
export interface Deliveries {
  receive(raw: AmqpMessage): void;
  /** Gives back what rests in the process, now and from now on, and writes the collected acknowledgements. */
  release(): void;
  /** The channel is gone: the broker delivers again what was not settled, and what is settled now comes too late. */
  end(): void;
}

type Delivered = Omit<Incoming, "settle">;

/** Pauses before the next attempt to publish a delivery elsewhere, when that has failed. */
const pauses = { firstMs: 1_000, maxMs: 30_000 };
let channels = 0;

export function createDeliveries({ warn }: AmqpContext, use: DeliveriesUse): Deliveries {
  const { channel, queue, deadLettering, window } = use;
  const acknowledger = createAcknowledger(channel, use.corkSocket);
  const origin = `${queue.name}/${process.pid}.${Date.now()}.${++channels}`;
  const resting = new Map<NodeJS.Timeout, () => void>();
  const whenEnded = new Map<NodeJS.Timeout, () => void>();
  let releasing = false;
  let ended = false;

  function handOut(raw: AmqpMessage, delivered: Delivered): void {
    let settled = false;
    use.hand(
      fastMerge(delivered, {
        settle(settlement: Settlement) {
          if (settled) return;
          settled = true;
          settle(raw, delivered, settlement);
        },
      }),
    );
  }

  function settle(raw: AmqpMessage, delivered: Delivered, settlement: Settlement): void {
    if (ended) window.settled(true);
    else if (settlement === "ack") done(raw);
    else if ("dead" in settlement) void move(raw, () => deadLettering.deadLetter(raw, delivered, settlement.dead));
    else if (queue.isTransient) rest(settlement.retryIn, () => again(raw, delivered));
    else {
      const { retryIn } = settlement;
      const inProcess = () => rest(retryIn, () => giveBack(raw));
      void move(raw, () => deadLettering.retry(raw, delivered, retryIn), inProcess);
    }
  }

  function done(raw: AmqpMessage): void {
    if (!queue.noAck) acknowledger.ack(raw.fields.deliveryTag);
    window.settled(ended);
  }

  /**
   * Publishes a delivery elsewhere, until that succeeds: given back before, it would be handled once more. `missing` is
   * called instead when the queue that it should wait in is missing, and may not be declared.
   */
  async function move(raw: AmqpMessage, publish: () => Promise<boolean>, missing?: () => void): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      let isMissing = false;
      const isSafe = await publish().catch((error: unknown) => {
        isMissing = error instanceof SagaspecError && error.code === "topology-mismatch";
        if (!isMissing || !missing) warn(error);
        return false;
      });
      if (ended || queue.noAck) return window.settled(ended);
      if (isSafe) return done(raw);
      if (isMissing && missing) return missing();
      if (!(await restedFor(backoffMs(attempt, pauses)))) return;
      if (releasing) return giveBack(raw);
    }
  }

  /** False when the channel is gone, and the delivery with it. */
  function restedFor(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = rest(ms, () => resolve(true));
      if (timer) whenEnded.set(timer, () => resolve(false));
    });
  }

  function again(raw: AmqpMessage, delivered: Delivered): void {
    if (queue.noAck && !releasing) handOut(raw, { ...delivered, deliveries: delivered.deliveries + 1 });
    else giveBack(raw);
  }

  function giveBack(raw: AmqpMessage): void {
    if (!queue.noAck) acknowledger.requeue(raw.fields.deliveryTag);
    window.settled(ended);
  }

  function rest(ms: number, then: () => void): NodeJS.Timeout | undefined {
    if (releasing) {
      then();
      return undefined;
    }
    const timer = setTimeout(() => {
      resting.delete(timer);
      whenEnded.delete(timer);
      then();
    }, ms);
    resting.set(timer, then);
    return timer;
  }

  return {
    receive(raw) {
      const delivered = readMessage(raw, `${origin}/${raw.fields.deliveryTag}`);
      window.handedOut();
      if (!queue.noAck) acknowledger.delivered(raw.fields.deliveryTag);
      if (queue.template && !queue.template.test(delivered.address ?? "")) done(raw);
      else if (redeliveries(raw) > use.deliveryLimit)
        void move(raw, () => deadLettering.deadLetter(raw, delivered, "delivery-limit"));
      else handOut(raw, delivered);
    },
    release() {
      releasing = true;
      for (const [timer, then] of resting) {
        clearTimeout(timer);
        then();
      }
      resting.clear();
      whenEnded.clear();
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
      for (const end of whenEnded.values()) end();
      whenEnded.clear();
    },
  };
}

function redeliveries(raw: AmqpMessage): number {
  const count = raw.properties.headers?.["x-delivery-count"];
  return typeof count === "number" ? count : 0;
}

/** How many deliveries are handed out, and since when there has been room for more. */
export interface PrefetchWindow {
  handedOut(): void;
  /** @param stale whether it came on a channel that is gone. */
  settled(stale: boolean): void;
  connected(yes: boolean): void;
  isConnected(): boolean;
  /** Milliseconds since 1970 from which on it has been connected with room; undefined while not. */
  idleSince(): number | undefined;
  /** Resolves when nothing is handed out. */
  empty(): Promise<void>;
}

export function createPrefetchWindow(size: number): PrefetchWindow {
  let open = 0;
  let stale = 0;
  let isConnected = false;
  let since = 0;
  let whenEmpty: (() => void)[] = [];

  return {
    handedOut() {
      open++;
    },
    settled(wasStale) {
      if (wasStale) stale--;
      else if (open-- === size) since = Date.now();
      if (open + stale > 0) return;
      for (const resolve of whenEmpty) resolve();
      whenEmpty = [];
    },
    connected(yes) {
      isConnected = yes;
      since = Date.now();
      if (yes) return;
      stale += open;
      open = 0;
    },
    isConnected: () => isConnected,
    idleSince: () => (isConnected && open < size ? since : undefined),
    empty: () =>
      new Promise((resolve) => {
        if (open + stale === 0) resolve();
        else whenEmpty.push(resolve);
      }),
  };
}
