/** Starting sagas by code: once per key, and not more at a time than the store can take. */
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../codegen.js";
import { messageOf, SagaspecError } from "../../core/errors.js";
import { uuidv7 } from "../../core/uuid.js";
import type { Caller } from "../../wire/reply-writer.js";
import { traced } from "../../wire/trace.js";
import { decide } from "../decide/decide.js";
import type { SagaDefinition } from "../define/definition.js";
import { inputNow, validatedInput } from "../define/input.js";
import { effectKey } from "../store/ids.js";
import type { SagaAdmin, SagaRow, SagaStore } from "../store/saga-store.js";
import type { Engine } from "./engine.js";
import { changeOf, handedOver, hasShrunk, instanceOf } from "./plan.js";
import type { Settled } from "./saga-mailbox.js";
import type { StoreTime } from "./store-time.js";

/** How a saga is recognised. */
export interface StartOptions {
  /** Business key: starting a saga of the same name with the same key again gives the one there is. */
  readonly key?: string;
  /** Gives the saga that there is of that key, or id, also where it was started with another input. @default false */
  readonly allowOtherInput?: boolean;
  /** At most 128 characters, without `/` and control characters. @default a new UUIDv7 */
  readonly id?: string;
  /**
   * A transaction that you have begun in the store's database (a client of `pg`, the `sql` of postgres.js, the `database` of
   * an SQLite store): the saga is there when it commits, and workers are told then. A key that is taken is a `conflict`. On
   * SQLite it is written, or the error thrown, before the call returns. @default a transaction of its own
   */
  readonly tx?: unknown;
}

/** What has become of a start. */
export interface Started {
  readonly id: string;
  readonly isNew: boolean;
  readonly version: number;
}

const maxWaiting = 100_000;

export class Starts {
  readonly #engine: Engine;
  readonly #store: SagaStore;
  readonly #time: StoreTime;
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #starting = 0;

  /** At most `max` starts are being committed at a time; callers of others wait. */
  constructor(engine: Engine, store: SagaStore, time: StoreTime, max: number) {
    this.#engine = engine;
    this.#store = store;
    this.#time = time;
    this.#max = max;
  }

  /**
   * Resolves once the saga's beginning is durable.
   * @throws SagaspecError `conflict` where there is one of that key that was started with another input
   */
  async start<Input>(
    definition: SagaDefinition<Input>,
    input: Input,
    options: StartOptions,
    caller?: Caller,
  ): Promise<Started> {
    const checked = await validatedInput(definition, input);
    await this.#enter();
    try {
      const id = checkedId(definition, options) ?? uuidv7(this.#time.now(), this.#time.clock.random);
      const settled = await this.#submit(definition, id, checked, options.key, caller);
      if (settled === "applied") return { id, isNew: true, version: definition.version };
      if (settled instanceof Error) throw settled;
      if (settled === "conflict" || settled === "duplicate") {
        const row = await this.#existing(definition.type, id, options.key);
        if (!options.allowOtherInput) await refuseOtherInput(this.#store, row, checked);
        if (caller) this.#ask(row.id, caller);
        return { id: row.id, isNew: false, version: row.version };
      }
      const text = `saga '${definition.type}': it could not be started before the worker stopped; start it again`;
      throw new SagaspecError("store-unavailable", text, { retryable: true });
    } finally {
      this.#leave();
    }
  }

  /** Starts a saga in a transaction of the caller's. Throws at once what a transaction of SQLite would not wait for. */
  startIn<Input>(
    definition: SagaDefinition<Input>,
    input: Input,
    { tx, key, ...options }: StartOptions,
    publishes: boolean,
  ): Started | Promise<Started> {
    const { type, version } = definition;
    const usage = (what: string) => new SagaspecError("invalid-usage", `saga '${type}': ${what}`);
    const checked = inputNow(definition, input);
    if (checked instanceof Promise) {
      // It goes on without its transaction.
      checked.catch(() => {});
      throw usage("its schema checks asynchronously, and a transaction does not wait; give it one that does not");
    }
    const at = this.#time.now();
    const id = checkedId(definition, options) ?? uuidv7(at, this.#time.clock.random);
    const trace = traced(undefined);
    const more = { ...(key === undefined ? undefined : { key }), ...(trace && { trace }) };
    const decision = decide(definition, undefined, { type: "start", at, id, input: checked, ...more });
    if ("ignore" in decision) throw usage("it cannot begin");
    const { commit } = handedOver(changeOf(undefined, definition, decision, { now: at, publishes }));
    const begun = this.#store.begin?.(tx, commit, commit.open.map(effectKey));
    if (begun === undefined) throw usage("this store has no transactions; start it without `tx`");
    const started = (isNew: boolean): Started => {
      if (isNew) return { id, isNew, version };
      throw new SagaspecError("conflict", `saga '${type}': there is one of this key already; start it without \`tx\``);
    };
    return begun instanceof Promise ? begun.then(started) : started(begun);
  }

  /**
   * Starts a saga for a message.
   * @throws SagaspecError `invalid-message` for one that its functions cannot read or its schema refuses
   */
  async byMessage(definition: SagaDefinition, operation: string, payload: Json, messageId: string): Promise<void> {
    const on = definition.start?.on?.find(({ message }) => message.id === operation);
    if (!on) return;
    const { key, input } = readMessage(definition.type, () => ({
      key: on.key ? String(on.key(payload)) : messageId,
      input: on.input(payload),
    }));
    await this.start(definition, input, { key, allowOtherInput: true });
  }

  /** Somebody asks once more for a saga that is there already. */
  #ask(id: string, caller: Caller): void {
    const event = () => ({ type: "asked", at: this.#time.now(), caller }) as const;
    this.#engine.submit(id, { needsFreshRow: true, event, settled: () => {} });
  }

  #submit(starts: SagaDefinition, id: string, input: Json, key?: string, caller?: Caller) {
    // Taken here: the event is made when the saga's turn has come.
    const trace = traced(undefined);
    const more = { ...(key === undefined ? undefined : { key }), ...(trace && { trace }), ...(caller && { caller }) };
    return new Promise<Settled>((settled) => {
      const event = () => ({ type: "start", at: this.#time.now(), id, input, ...more }) as const;
      this.#engine.submit(id, { needsFreshRow: false, starts, event, settled });
    });
  }

  async #existing(type: string, id: string, key: string | undefined): Promise<SagaRow> {
    const byKey = key === undefined ? [] : [{ type, businessKey: key }];
    const found = await this.#store.load([{ id }, ...byKey]);
    const row = found.flat()[0];
    if (row) return row;
    const text = `saga '${type}': another one was started at the same time and has gone since; start it again`;
    throw new SagaspecError("conflict", text, { retryable: true });
  }

  async #enter(): Promise<void> {
    if (this.#starting >= this.#max) {
      if (this.#waiting.length >= maxWaiting) {
        const text = `sagas: ${maxWaiting} starts wait for the store already; start fewer at a time`;
        throw new SagaspecError("store-unavailable", text, { retryable: true });
      }
      // Whoever leaves hands its place over.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      return;
    }
    this.#starting += 1;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#starting -= 1;
  }
}

/**
 * The same key with another input is somebody's mistake. What an operator has patched is compared as it was at the start,
 * and what has shrunk is not compared.
 * @throws SagaspecError `conflict`
 */
export async function refuseOtherInput(
  store: SagaStore & Partial<SagaAdmin>,
  row: SagaRow,
  input: Json,
): Promise<void> {
  if (hasShrunk(row) || row.unreadable !== undefined || isDeepStrictEqual(instanceOf(row).input, input)) return;
  const [first] = (await store.history?.(row.id)) ?? [];
  if (first?.kind === "started" && isDeepStrictEqual(first.data, input)) return;
  const what = row.key === undefined ? `id ${JSON.stringify(row.id)}` : `key ${JSON.stringify(row.key)}`;
  const text = `saga '${row.type}': its ${what} is taken by saga ${row.id} (v${row.version}), started with another input`;
  const hint = "use another key, or give allowOtherInput to get that saga";
  throw new SagaspecError("conflict", `${text}; ${hint}`);
}

// Message ids begin with it, and are read back.
const idShape = /^[^/\p{Cc}]{1,128}$/u;

function checkedId({ type }: SagaDefinition, { id }: StartOptions): string | undefined {
  if (id === undefined || idShape.test(id)) return id;
  const text = `saga '${type}': ${JSON.stringify(id)} cannot be its id`;
  const hint = "use 1 to 128 characters without '/' and control characters, or give a key instead";
  throw new SagaspecError("invalid-usage", `${text}; ${hint}`);
}

function readMessage<Read>(type: string, read: () => Read): Read {
  try {
    return read();
  } catch (cause) {
    const text = `saga '${type}': its startOn cannot read the message: ${messageOf(cause)}`;
    throw new SagaspecError("invalid-message", text, { cause });
  }
}
