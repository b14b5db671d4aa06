import type { Subscription } from "../../messaging/transport.js";
import type { StoreTime } from "./store-time.js";

/** How long the replies must have been coming in freely before silence counts as no answer. */
export interface ReplyConnectivityOptions {
  readonly settleMs: number;
  /** A window that stays full, or a process that is always late, delays timeouts at most so long. */
  readonly longestDelayMs: number;
}

/**
 * Whether replies that have arrived would have been heard. Else, ten minutes without a broker would time out everything
 * that had succeeded meanwhile.
 */
export class ReplyConnectivity {
  readonly #time: StoreTime;
  readonly #options: ReplyConnectivityOptions;
  readonly #subscriptions: Subscription[] = [];
  /** Since when it has been connected without a break, as far as anybody looked. */
  #connectedSince: number | undefined;
  #stalledAt = Number.NEGATIVE_INFINITY;

  constructor(time: StoreTime, options: ReplyConnectivityOptions) {
    this.#time = time;
    this.#options = options;
  }

  listenTo(subscription: Subscription): void {
    this.#subscriptions.push(subscription);
  }

  /** This process stood still until now. Of several times in a row the first one counts for the longest delay. */
  stalled(): void {
    const now = this.#time.clock.now();
    if (now - this.#stalledAt > this.#longestMs) this.#connectedSince = now;
    this.#stalledAt = now;
  }

  isDisconnected(): boolean {
    const now = this.#time.clock.now();
    const all = this.#subscriptions;
    if (all.length === 0 || !all.every((subscription) => subscription.connected())) {
      this.#connectedSince = undefined;
      return true;
    }
    this.#connectedSince ??= now;
    const isFree = (since: number | undefined) =>
      since !== undefined && now - Math.max(since, this.#stalledAt) >= this.#options.settleMs;
    if (all.every((subscription) => isFree(subscription.idleSince()))) return false;
    return now - this.#connectedSince < this.#longestMs;
  }

  get #longestMs(): number {
    const { settleMs, longestDelayMs } = this.#options;
    return settleMs + longestDelayMs;
  }
}
