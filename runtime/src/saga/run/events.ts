/**
 * Events of other services, on their way to the sagas that wait for them. An event is stored first, then the sagas that
 * ask for it are looked for; a wait commits its key first, then stored events are looked for: one of them finds the other.
 */
import { bisect } from "../../core/bisect.js";
import { isInvalidMessage, isPermanent, messageOf } from "../../core/errors.js";
import type { Incoming, Settlement, Source, Subscription, Transport } from "../../messaging/transport.js";
import { planOf, requireEndpoint } from "../../wire/operation-plan.js";
import type { SagaDefinition } from "../define/definition.js";
import { keptJson } from "../store/kept-json.js";
import type { EventRow, KeyChange, SagaRow, SagaStore } from "../store/saga-store.js";
import type { Definitions } from "./definitions.js";
import { type EventRoute, keysOf, read, routesOf } from "./event-routes.js";
import type { Queues } from "./queues.js";
import type { MailboxEntry } from "./saga-mailbox.js";
import type { StoreTime } from "./store-time.js";

export interface EventsOptions {
  readonly queues: Queues;
  readonly store: SagaStore;
  readonly transport: Transport;
  readonly definitions: Definitions;
  readonly time: StoreTime;
  submit(id: string, item: MailboxEntry): void;
  start(definition: SagaDefinition, operation: string, payload: EventRow["payload"], messageId: string): Promise<void>;
  /** Only a worker with the saga's definition can take what is stored for it. */
  handOver(sagaId: string, keys: readonly string[]): void;
  /** Calls the store until it answers. @throws once this worker stops */
  persist<T>(call: () => Promise<T>): Promise<T>;
  problem(error: unknown): void;
}

/** A message that sagas hear of. */
interface Told {
  readonly incoming: Incoming;
  /** It, under each of the keys that a wait may have. */
  readonly events: readonly EventRow[];
  /** What comes of it as the beginning of sagas. */
  readonly started: Promise<Settlement>;
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export class Events {
  readonly #options: EventsOptions;
  readonly #routes: ReadonlyMap<string, readonly EventRoute[]>;
  /** Ids of the operations whose messages are stored. */
  readonly #channels: ReadonlySet<string>;
  readonly #asked = new Map<string, { readonly channel: string; readonly key: string }>();
  #looking = false;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#routes = routesOf(options.definitions.all);
    this.#channels = new Set([...this.#routes.values()].flat().map(({ operation }) => operation.id));
  }

  /** One durable queue for each address, shared by all workers of the store. */
  sources(): readonly Source[] {
    return [...this.#routes.values()].map((routes) => {
      const endpoint = requireEndpoint(planOf((routes[0] as EventRoute).operation));
      const operations = routes.map(({ operation }) => operation);
      return { ...endpoint, operations, ...this.#options.queues.shared };
    });
  }

  async subscribe(prefetch: number): Promise<readonly Subscription[]> {
    const routes = [...this.#routes.values()];
    const subscriptions = this.sources().map((source, index) =>
      this.#options.transport.subscribe(source, { prefetch }, (batch) => void this.#take(routes[index] ?? [], batch)),
    );
    return Promise.all(subscriptions);
  }

  /** Sagas ask under these keys from now on: perhaps there is something for them already. */
  asked(changes: readonly KeyChange[]): void {
    for (const { channel, key, on } of changes)
      if (on && this.#channels.has(channel)) this.#asked.set(`${channel} ${key}`, { channel, key });
    if (this.#asked.size > 0 && !this.#looking) void this.#look();
  }

  /** Gives stored events to the sagas that ask for them, oldest first. */
  async offer(events: readonly EventRow[], careful: boolean): Promise<void> {
    if (events.length === 0) return;
    const sorted = [...events].sort((one, other) => one.at - other.at);
    const found = await this.#options.persist(() =>
      this.#options.store.load(sorted.map(({ channel, key }) => ({ channel, key }))),
    );
    for (const [index, event] of sorted.entries()) {
      for (const row of found[index] ?? []) this.#give(row, event, careful);
    }
  }

  async #look(): Promise<void> {
    this.#looking = true;
    try {
      while (this.#asked.size > 0) {
        const keys = [...this.#asked.values()];
        this.#asked.clear();
        await this.offer(await this.#options.persist(() => this.#options.store.events(keys)), true);
      }
    } catch (error) {
      // What is stored is offered again by a sweep.
      this.#options.problem(error);
    } finally {
      this.#looking = false;
    }
  }

  async #take(routes: readonly EventRoute[], batch: readonly Incoming[]): Promise<void> {
    const told: Told[] = [];
    for (const incoming of batch) {
      try {
        const message = read(routes, incoming);
        if (message === undefined) incoming.settle("ack");
        else if ("dead" in message) incoming.settle(message);
        else told.push(this.#told(message.route, message.payload, incoming));
      } catch (error) {
        // It will be no different the next time.
        incoming.settle({ dead: `invalid-message: ${messageOf(error)}` });
      }
    }
    let refusals: readonly (Error | undefined)[];
    try {
      refusals = await this.#keep(told);
      const kept = told.filter((_, index) => refusals[index] === undefined);
      await this.offer(
        kept.flatMap(({ events }) => events),
        true,
      );
    } catch (error) {
      this.#options.problem(error);
      for (const { incoming } of told) incoming.settle({ retryIn: 0 });
      return;
    }
    for (const [index, { incoming, started }] of told.entries()) {
      const refusal = refusals[index];
      incoming.settle(refusal ? { dead: refusal.message } : await started);
    }
  }

  #told(route: EventRoute, payload: EventRow["payload"], incoming: Incoming): Told {
    const id = incoming.id || incoming.position || "";
    const { operation } = route;
    // A key is read from what is kept, here and in the saga: a Date is its text.
    const kept = keptJson(payload, `message ${id}`);
    const event = {
      channel: operation.id,
      id,
      name: operation.message.name,
      payload: kept,
      at: this.#options.time.now(),
    };
    const events = Array.from(keysOf(route, kept), (key) => ({ ...event, key }));
    return { incoming, events, started: this.#start(route, payload, id, incoming.deliveries) };
  }

  /** Stores the events of these messages. Gives the error of a message that cannot be stored. */
  #keep(told: readonly Told[]): Promise<readonly (Error | undefined)[]> {
    const { store, persist } = this.#options;
    const write = async (some: readonly Told[]) => {
      const events = some.flatMap((one) => one.events);
      if (events.length > 0) await persist(() => store.commit([], { events }));
      return some.map(() => undefined);
    };
    return bisect(told, write, isInvalidMessage);
  }

  /** Starts the sagas that begin with a message. One whose input is refused is nobody's. */
  async #start(
    { starts, operation }: EventRoute,
    payload: EventRow["payload"],
    id: string,
    deliveries: number,
  ): Promise<Settlement> {
    try {
      for (const definition of starts) await this.#options.start(definition, operation.id, payload, id);
      return "ack";
    } catch (error) {
      this.#options.problem(error);
      if (isPermanent(error)) return { dead: error.message };
      return { retryIn: Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(deliveries - 1, 30)) };
    }
  }

  #give(row: SagaRow, { channel, key, id, name, payload, at: storedAt }: EventRow, careful: boolean): void {
    const { definitions, handOver, submit, time } = this.#options;
    // Whoever has its definition finds the event in the store.
    if (!definitions.of(row)) {
      if (careful) handOver(row.id, []);
      return;
    }
    const event = () => ({ type: "message", at: time.now(), storedAt, id, channel, key, name, payload }) as const;
    submit(row.id, { needsFreshRow: careful, event, settled: () => {} });
  }
}
