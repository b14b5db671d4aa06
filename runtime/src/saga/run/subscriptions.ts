import type { Incoming, Source, Subscription, Transport } from "../../messaging/transport.js";
import type { Definitions } from "./definitions.js";
import type { Events } from "./events.js";
import type { Queues } from "./queues.js";
import type { ReplyConnectivity } from "./reply-connectivity.js";
import type { ReplyRouter } from "./reply-router.js";

export interface SubscriptionsOptions {
  readonly transport: Transport;
  readonly queues: Queues;
  readonly prefetch: number;
  readonly definitions: Definitions;
  readonly replies: ReplyRouter;
  readonly events: Events;
  readonly connectivity: ReplyConnectivity;
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
    const { transport, queues, prefetch, definitions, replies, events } = this.#options;
    await this.#hear(queues.replies, (reply) => replies.take(reply, false));
    for (const channel of definitions.replyChannels) {
      await this.#hear({ ...channel, ...queues.shared }, (reply) => replies.take(reply, true));
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
    this.#options.connectivity.listenTo(subscription);
  }
}
