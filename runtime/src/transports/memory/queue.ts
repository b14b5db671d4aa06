import type { Clock } from "../../core/clock.js";
import type { Incoming, Message } from "../../messaging/transport.js";
import { Consumer } from "./consumer.js";

/** A message that was dead-lettered, and why. */
export interface DeadLetter {
  /** Name of the queue it was in: `<group>.<address>`, or the address of the subscriber. */
  readonly queue: string;
  readonly reason: string;
  readonly message: Message;
  readonly deliveries: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What a queue needs of the transport around it. */
export interface QueueHost {
  readonly clock: Clock;
  /** Asks for `deliver` in a later turn of the event loop. */
  schedule(queue: Queue): void;
  deadLetter(letter: DeadLetter): void;
}

/** A message in a queue. */
export interface Entry {
  readonly message: Message;
  readonly address: string;
  deliveries: number;
}

/** Delivers to its consumers in turn, and keeps what is not acknowledged. */
export class Queue {
  readonly name: string;
  readonly #host: QueueHost;
  readonly #capacity: number;
  readonly #consumers: Consumer[] = [];
  readonly #sleeping = new Set<() => void>();
  // A growing array with a head: shifting the front of a long array costs its length.
  #waiting: Entry[] = [];
  #head = 0;
  #next = 0;

  constructor(name: string, capacity: number, host: QueueHost) {
    this.name = name;
    this.#capacity = capacity;
    this.#host = host;
  }

  get size(): number {
    return this.#waiting.length - this.#head;
  }

  get full(): boolean {
    return this.size + this.#sleeping.size >= this.#capacity;
  }

  get consumers(): number {
    return this.#consumers.length;
  }

  push(message: Message, address: string): void {
    this.#waiting.push({ message, address, deliveries: 0 });
    this.#host.schedule(this);
  }

  subscribe(prefetch: number, on: (batch: readonly Incoming[]) => void): Consumer {
    const consumer = new Consumer(this, prefetch, on, this.#host);
    this.#consumers.push(consumer);
    this.#host.schedule(this);
    return consumer;
  }

  remove(consumer: Consumer): void {
    const index = this.#consumers.indexOf(consumer);
    if (index >= 0) this.#consumers.splice(index, 1);
  }

  /** Hands out what the consumers have room for, shared evenly. */
  deliver(): void {
    for (let misses = 0; this.size > 0 && misses < this.#consumers.length; ) {
      this.#next = (this.#next + 1) % this.#consumers.length;
      const consumer = this.#consumers[this.#next];
      const share = Math.ceil(this.size / this.#consumers.length);
      const batch = consumer ? this.#take(Math.min(consumer.room, share)) : [];
      misses = batch.length === 0 ? misses + 1 : 0;
      if (batch.length > 0) consumer?.receive(batch);
    }
  }

  /** Puts a delivery back: at the front when it is due at once, else after a pause. */
  restore(entry: Entry, delayMs: number): void {
    if (delayMs <= 0) {
      if (this.#head > 0) this.#waiting[--this.#head] = entry;
      else this.#waiting.unshift(entry);
      this.#host.schedule(this);
      return;
    }
    const cancel = this.#host.clock.after(delayMs, () => {
      this.#sleeping.delete(cancel);
      this.#waiting.push(entry);
      this.#host.schedule(this);
    });
    this.#sleeping.add(cancel);
  }

  deadLetter(entry: Entry, reason: string): void {
    const { message, deliveries } = entry;
    this.#host.deadLetter({ queue: this.name, reason, message, deliveries, at: this.#host.clock.now() });
  }

  close(): void {
    for (const cancel of this.#sleeping) cancel();
    this.#sleeping.clear();
    this.#waiting = [];
    this.#head = 0;
  }

  #take(count: number): Entry[] {
    const now = this.#host.clock.now();
    const taken: Entry[] = [];
    while (taken.length < count && this.size > 0) {
      const entry = this.#waiting[this.#head++] as Entry;
      const { expiresAt } = entry.message;
      if (expiresAt !== undefined && expiresAt <= now) this.deadLetter(entry, "expired");
      else taken.push(entry);
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }
}
