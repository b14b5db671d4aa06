import type { Event } from "../store/effects.js";
import type { SagaRow } from "../store/saga-store.js";
import type { ReplyConnectivity } from "./reply-connectivity.js";
import type { StoreTime } from "./store-time.js";
import { Timers } from "./timers.js";

const heldCheckMs = 250;
/** Beyond that the store alone knows them, and a sweep finds them a little later. */
const maxTimers = 100_000;

/** Tells sagas that something of theirs is due; while this worker is deaf, their reply timeouts wait. */
export class WakeUps {
  readonly #time: StoreTime;
  readonly #hearing: ReplyConnectivity;
  readonly #tell: (id: string, event: Event) => void;
  readonly #timers: Timers;
  readonly #held = new Set<string>();
  #cancelHeld: (() => void) | undefined;

  constructor(time: StoreTime, hearing: ReplyConnectivity, tell: (id: string, event: Event) => void) {
    this.#time = time;
    this.#hearing = hearing;
    this.#tell = tell;
    this.#timers = new Timers(time, maxTimers, (id) => this.#due(id));
  }

  /** When the saga has something due next; undefined for never. */
  set(id: string, at: number | undefined): void {
    this.#timers.set(id, at);
  }

  /** A sweep found the saga due: perhaps its timer's worker is gone. */
  overdue(row: SagaRow): void {
    if (!this.#timers.has(row.id)) this.#due(row.id);
  }

  stop(): void {
    this.#timers.stop();
    this.#cancelHeld?.();
    this.#cancelHeld = undefined;
    this.#held.clear();
  }

  #due(id: string): void {
    const deaf = this.#hearing.isDisconnected();
    if (deaf) this.#hold(id);
    this.#tell(id, { type: "wake", at: this.#time.now(), deaf });
  }

  #hold(id: string): void {
    this.#held.add(id);
    this.#cancelHeld ??= this.#time.clock.after(heldCheckMs, () => {
      this.#cancelHeld = undefined;
      const held = [...this.#held];
      this.#held.clear();
      for (const one of held) this.#due(one);
    });
  }
}
