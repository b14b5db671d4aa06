/**
 * Events of other services, on their way to the sagas that wait for them. An event is stored first, then the sagas that
 * ask for it are looked for; a wait commits its key first, then stored events are looked for: one of them finds the other.
 */
import { SagaspecError } from "../../errors.js";
import type { Incoming, Source, Subscription, Transport, Verdict } from "../../transport.js";
import { choose } from "../../wire/choice.js";
import { formatOf, type MessageFormat } from "../../wire/message-format.js";
import { planOf, requireEndpoint } from "../../wire/operation-plan.js";
import type { AnySend } from "../../wire/operations.js";
import { isWait } from "../decide/keys.js";
import { keyOf } from "../decide/message.js";
import type { SagaDefinition, WaitAction } from "../definition.js";
import { stepsOf } from "../nodes.js";
import type { EventRow, KeyChange, SagaRow, SagaStore } from "../store.js";
import type { Definitions } from "./definitions.js";
import type { Item } from "./slot.js";
import type { StoreTime } from "./store-time.js";

/** An operation that sagas hear of. */
interface Route {
  readonly operation: AnySend;
  readonly format: MessageFormat;
  readonly subject: string;
  readonly waits: WaitAction[];
  readonly starts: SagaDefinition[];
}

export interface EventsOptions {
  /** Shares the queues of events: service and store. */
  readonly group: string;
  readonly store: SagaStore;
  readonly transport: Transport;
  readonly definitions: Definitions;
  readonly time: StoreTime;
  submit(id: string, item: Item): void;
  start(definition: SagaDefinition, payload: EventRow["payload"], messageId: string): Promise<void>;
  /** Calls the store until it answers. @throws once this worker stops */
  persist<T>(call: () => Promise<T>): Promise<T>;
  problem(error: unknown): void;
}

export class Events {
  readonly #options: EventsOptions;
  readonly #routes: ReadonlyMap<string, readonly Route[]>;
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
    return [...this.#routes.values()].map(([route]) => {
      const endpoint = requireEndpoint(planOf((route as Route).operation));
      return { ...endpoint, group: this.#options.group, durable: true };
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

  async #take(routes: readonly Route[], batch: readonly Incoming[]): Promise<void> {
    const { store, persist, problem, time } = this.#options;
    const at = time.now();
    const events: EventRow[] = [];
    const accepted: { readonly incoming: Incoming; readonly started: Promise<Verdict> }[] = [];
    for (const incoming of batch) {
      const told = read(routes, incoming);
      if (told === undefined) incoming.settle("ack");
      else if ("dead" in told) incoming.settle(told);
      else {
        const { route, payload } = told;
        const id = incoming.id || incoming.position || "";
        const about = { channel: route.operation.id, id, name: route.operation.message.name, payload, at };
        for (const key of keysOf(route, payload)) events.push({ ...about, key });
        accepted.push({ incoming, started: this.#start(route, payload, id) });
      }
    }
    try {
      if (events.length > 0) await persist(() => store.commit([], { events }));
      await this.offer(events, true);
    } catch (error) {
      problem(error);
      for (const { incoming } of accepted) incoming.settle({ retryIn: 0 });
      return;
    }
    for (const { incoming, started } of accepted) incoming.settle(await started);
  }

  /** Starts the sagas that begin with a message. One whose input is refused is nobody's. */
  async #start({ starts }: Route, payload: EventRow["payload"], id: string): Promise<Verdict> {
    try {
      for (const definition of starts) await this.#options.start(definition, payload, id);
      return "ack";
    } catch (error) {
      this.#options.problem(error);
      const isRefused = error instanceof SagaspecError && error.code === "invalid-message";
      return isRefused ? { dead: error.message } : { retryIn: 1_000 };
    }
  }

  #give(row: SagaRow, { channel, key, id, name, payload, at: storedAt }: EventRow, careful: boolean): void {
    const { definitions, submit, time } = this.#options;
    // Whoever has its definition finds the event in the store.
    if (!definitions.of(row)) return;
    const event = () => ({ type: "message", at: time.now(), storedAt, id, channel, key, name, payload }) as const;
    submit(row.id, { careful, event, settled: () => {} });
  }
}

function routesOf(definitions: readonly SagaDefinition[]): ReadonlyMap<string, readonly Route[]> {
  const byId = new Map<string, Route>();
  const route = (operation: AnySend): Route => {
    const known = byId.get(operation.id);
    if (known) return known;
    const made = { operation, format: formatOf(operation.message), subject: operation.id, waits: [], starts: [] };
    byId.set(operation.id, made);
    return made;
  };
  for (const definition of definitions) {
    for (const { action } of [...stepsOf(definition).values()].filter(isWait)) {
      route(action.operation).waits.push(action);
    }
    const { on } = definition.start ?? {};
    // Of several versions the latest starts sagas.
    if (on && isLatest(definition, definitions)) route(on.message).starts.push(definition);
  }
  const byAddress = new Map<string, Route[]>();
  for (const one of byId.values()) {
    const { address, service } = requireEndpoint(planOf(one.operation));
    const key = `${service} ${address}`;
    byAddress.set(key, [...(byAddress.get(key) ?? []), one]);
  }
  return byAddress;
}

/** Whether no later version of the same saga is among the definitions. */
export function isLatest({ type, version }: SagaDefinition, definitions: readonly SagaDefinition[]): boolean {
  return definitions.every((other) => other.type !== type || other.version <= version);
}

function read(
  routes: readonly Route[],
  incoming: Incoming,
): { readonly route: Route; readonly payload: EventRow["payload"] } | { readonly dead: string } | undefined {
  const choice = choose(routes, incoming);
  if ("unknown" in choice) return undefined;
  if ("invalid" in choice) return { dead: `invalid-message: ${choice.invalid.message}` };
  if ("ambiguous" in choice) {
    return { dead: `ambiguous-message: it may be ${choice.ambiguous.map(({ subject }) => subject).join(" or ")}` };
  }
  return { route: choice.candidate, payload: (choice.payload ?? null) as EventRow["payload"] };
}

function keysOf({ waits }: Route, payload: EventRow["payload"]): ReadonlySet<string> {
  return new Set(waits.map((wait) => keyOf(wait, payload)).filter((key) => key !== undefined));
}
