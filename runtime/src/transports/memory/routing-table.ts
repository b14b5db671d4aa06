import type { Outgoing, Source } from "../../messaging/transport.js";
import { addressMatcher, openParameters } from "../../wire/address.js";
import type { Queue } from "./queue.js";

/** The queues that there are, and which of them a message goes to. */
export class RoutingTable {
  readonly #queues = new Map<string, Queue>();
  readonly #exact = new Map<string, readonly Queue[]>();
  readonly #patterns: { readonly queue: Queue; readonly matches: ReturnType<typeof addressMatcher> }[] = [];
  readonly #replies = new Map<string, Queue>();

  queues(): Iterable<Queue> {
    return this.#queues.values();
  }

  get(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  add(queue: Queue, source: Source): void {
    this.#queues.set(queue.name, queue);
    if ("repliesOf" in source) {
      this.#replies.set(queue.name, queue);
      return;
    }
    const { address } = source;
    if (openParameters(address).length > 0) this.#patterns.push({ queue, matches: addressMatcher(address) });
    else this.#exact.set(address, [...(this.#exact.get(address) ?? []), queue]);
  }

  delete(queue: Queue): void {
    this.#queues.delete(queue.name);
    this.#replies.delete(queue.name);
    const index = this.#patterns.findIndex((pattern) => pattern.queue === queue);
    if (index >= 0) this.#patterns.splice(index, 1);
    for (const [address, queues] of this.#exact) {
      const rest = queues.filter((other) => other !== queue);
      if (rest.length === 0) this.#exact.delete(address);
      else this.#exact.set(address, rest);
    }
  }

  targets(to: Outgoing["to"]): readonly Queue[] {
    const replies = "reply" in to ? this.#replies.get(to.reply) : undefined;
    if (replies) return [replies];
    const address = addressOf(to);
    const exact = this.#exact.get(address) ?? [];
    if (this.#patterns.length === 0) return exact;
    return [...exact, ...this.#patterns.filter(({ matches }) => matches(address)).map(({ queue }) => queue)];
  }
}

export function addressOf(to: Outgoing["to"]): string {
  return "reply" in to ? to.reply : to.address;
}

export function queueName(source: Source): string {
  if ("repliesOf" in source) return `${source.repliesOf}.replies`;
  return source.group === undefined ? source.address : `${source.group}.${source.address}`;
}
