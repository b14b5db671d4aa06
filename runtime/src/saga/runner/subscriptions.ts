import type { Incoming, Source, Subscription, Transport } from "../../transport.js";
import type { SagaStore } from "../store.js";
import type { Definitions } from "./definitions.js";
import type { Events } from "./events.js";
import type { Hearing } from "./hearing.js";
import { lastingFor } from "./lasting.js";
import type { Replies } from "./replies.js";

export interface SubscriptionsOptions {
  readonly transport: Transport;
  readonly service: string;
  /** Workers of one service and store share their queues. */
  readonly store: Pick<SagaStore, "name" | "queuesExpireMs">;
  readonly prefetch: number;
  readonly definitions: Definitions;
  readonly replies: Replies;
  readonly events: Events;
  readonly hearing: Hearing;
}

/** What a worker listens to: replies to its commands, and the events that its sagas hear of. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #open: Subscription[] = [];

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  /** Where replies arrive, unless their contract says otherwise. */
  replyTo(): string {
    return this.#open[0]?.address ?? "";
  }

  async start(): Promise<void> {
    const { transport, service, store, prefetch, definitions, replies, events } = this.#options;
    const lasting = lastingFor(store);
    await this.#hear({ repliesOf: `${service}.replies.${store.name}`, ...lasting }, (reply) =>
      replies.take(reply, false),
    );
    for (const channel of definitions.replyChannels) {
      const source = { ...channel, group: `${service}.${store.name}`, ...lasting };
      await this.#hear(source, (reply) => replies.take(reply, true));
    }
    await transport.prepare(events.sources(), "declare");
    for (const subscription of await events.subscribe(prefetch)) this.#add(subscription);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#open.map((subscription) => subscription.stop()));
  }

  async #hear(source: Source, take: (incoming: Incoming) => void): Promise<void> {
    const { transport, prefetch } = this.#options;
    await transport.prepare([source], "declare");
    const subscription = await transport.subscribe(source, { prefetch }, (batch) => {
      for (const incoming of batch) take(incoming);
    });
    this.#add(subscription);
  }

  #add(subscription: Subscription): void {
    this.#open.push(subscription);
    this.#options.hearing.listenTo(subscription);
  }
}
