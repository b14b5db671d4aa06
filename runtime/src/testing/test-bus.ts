/** Tests of sagas as they run: the real runner, with a test in the place of every service. */
import { AssertionError } from "node:assert";
import type { Failures, Json, Request, Send } from "../codegen.js";
import type { MessageArguments } from "../contract/contract-types.js";
import type { Duration } from "../core/duration.js";
import { refuseUnknownOptions } from "../core/known-options.js";
import { uuidv7 } from "../core/uuid.js";
import type { SagaDefinition } from "../saga/define/definition.js";
import type { SagaHandle } from "../saga/define/handle.js";
import type { Saga } from "../saga/define/saga.js";
import { createSagaRunner, type SagaRunner } from "../saga/run/runner.js";
import type { StartOptions } from "../saga/run/starts.js";
import { parseMessageId } from "../saga/store/ids.js";
import type { SagaAdmin, SagaStatus, SagaStore } from "../saga/store/saga-store.js";
import { createMemoryStore } from "../stores/memory/saga-store.js";
import { createMemoryTransport, type MemoryTransport } from "../transports/memory/transport.js";
import { standardFailureMessage } from "../wire/failure.js";
import { encodeMessage } from "../wire/message-writer.js";
import { type AnyOperation, type AnyRequest, type AnySend, successNames } from "../wire/operations.js";
import type { ReplyContent } from "../wire/reply-writer.js";
import { operationsOfSagas } from "./saga-operations.js";
import { type SentMessage, TestServices } from "./test-services.js";
import { withTransactions } from "./transactions.js";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.js";

/** What a bus works with. */
export interface TestBusOptions {
  readonly sagas: readonly SagaDefinition[];
  /** @default a new one */
  readonly clock?: VirtualClock;
  /**
   * What functions with `transaction: true` get as `context.tx`: a database in the form of `node:sqlite`, libsql,
   * better-sqlite3 or PGlite, or a client in the form of pg's. The bus begins a transaction before each of them, and commits it with
   * the saga or rolls it back; one at a time. Anything else is handed over as it is. Closing it is the test's own affair.
   * @default none: `context.tx` is undefined
   * @example const bus = await createTestBus({ sagas: [approval], tx: openSqlite(":memory:") });
   */
  readonly tx?: unknown;
}

/** What a published message has beside its payload. */
export interface PublishOptions {
  readonly headers?: { readonly [name: string]: Json };
  /** @default a new UUIDv7 */
  readonly messageId?: string;
}

/**
 * A bus on which the test is every service. Nothing waits in real time: what a saga does follows at once, and time
 * passes only when told to.
 */
export interface TestBus extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly runner: SagaRunner;
  readonly store: SagaStore & SagaAdmin;
  /** Everything that was sent, in order. */
  readonly sent: readonly SentMessage[];
  /** Starts a saga and lets it send what it sends at once. */
  start<Input, Results>(saga: Saga<Input, Results>, input: Input, options?: StartOptions): Promise<SagaHandle<Results>>;
  /**
   * The oldest message of the operation that was not yet expected; with a payload, exactly that.
   * @throws AssertionError that lists what was sent instead
   */
  expectSent<Payload>(
    operation: Request<Payload, unknown, Failures> | Send<Payload>,
    payload?: NoInfer<Payload>,
  ): SentMessage<Payload>;
  /** @throws AssertionError when something was sent that was not expected */
  expectNothingSent(): void;
  /** @throws AssertionError when the saga stands otherwise */
  expectStatus(saga: SagaHandle, status: SagaStatus): Promise<void>;
  /** Answers the oldest open command of the operation with success. */
  replyWith<Payload, R, F extends Failures>(
    operation: Request<Payload, R, F>,
    // biome-ignore lint/suspicious/noConfusingVoidType: `void` is how a contract says that there is no payload
    ...payload: [R] extends [void] ? [] : [payload: R]
  ): Promise<void>;
  /** Answers the oldest open command of the operation with a failure that the contract declares. */
  failWith<Payload, R, F extends Failures, Name extends keyof F & string>(
    operation: Request<Payload, R, F>,
    name: Name,
    payload: F[Name],
  ): Promise<void>;
  /** Answers the oldest open command of the operation as a handler does that throws: it may be tried again. */
  breaks(operation: AnyRequest): Promise<void>;
  /** Leaves the oldest open command of the operation without an answer, and lets its time pass. */
  timesOut(operation: AnyRequest): Promise<void>;
  /**
   * Publishes a message that sagas may wait for, or that starts one. An address with parameters needs their values.
   * @throws SagaspecError `invalid-message` for a payload, a header or a parameter that the contract does not allow
   * @example await bus.publish(orders.shipped, { orderId: 1 }, { parameters: { region: "eu" } });
   */
  publish<Payload, Parameters, Headers>(
    operation: Send<Payload, Parameters, Headers>,
    ...message: MessageArguments<Payload, PublishOptions, Parameters, Headers>
  ): Promise<void>;
  /** Lets time pass. */
  advance(time: Duration | number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Runs sagas on a transport and a store in memory, with virtual time, and with the test in the place of the services.
 * @example
 * const bus = await createTestBus({ sagas: [createOrder] });
 * const order = await bus.start(createOrder, { orderId: 1 });
 * bus.expectSent(restaurant.createTicket, { orderId: 1 });
 * await bus.replyWith(restaurant.createTicket, { ticketId: 200 });
 * await bus.timesOut(accounting.authorizeCard);
 * bus.expectSent(restaurant.rejectTicket);
 * await bus.replyWith(restaurant.rejectTicket);
 * await bus.expectStatus(order, "compensated");
 * await bus.close();
 */
export async function createTestBus(options: TestBusOptions): Promise<TestBus> {
  refuseUnknownOptions("createTestBus", options, ["sagas", "clock", "tx"]);
  const bus = new Bus(options);
  await bus.open();
  return bus;
}

interface Parameters {
  readonly parameters?: { readonly [name: string]: string };
}

/** A timeout is looked for at so many moments at which something is due. */
const mostMoments = 100;

class Bus implements TestBus {
  readonly clock: VirtualClock;
  readonly store: SagaStore & SagaAdmin;
  readonly runner: SagaRunner;
  readonly #transport: MemoryTransport;
  readonly #services: TestServices;
  readonly #operations: readonly AnyOperation[];

  constructor({ sagas, clock = createVirtualClock(), tx }: TestBusOptions) {
    this.clock = clock;
    const memory = createMemoryStore({ clock });
    this.store = tx === undefined ? memory : withTransactions(memory, tx);
    this.#transport = createMemoryTransport({ clock });
    this.#services = new TestServices(this.#transport, () => clock.now());
    this.#operations = operationsOfSagas(sagas).map(({ operation }) => operation);
    const { store } = this;
    this.runner = createSagaRunner({
      service: "sagas",
      sagas,
      store,
      transport: this.#transport,
      clock,
      settleTime: 0,
    });
  }

  get sent(): readonly SentMessage[] {
    return this.#services.sent;
  }

  async open(): Promise<void> {
    await this.#services.listen(this.#operations);
    await this.runner.start();
    await this.clock.advance(0);
  }

  async start<Input, Results>(
    saga: Saga<Input, Results>,
    input: Input,
    options?: StartOptions,
  ): Promise<SagaHandle<Results>> {
    const handle = await this.runner.run(saga, input, options);
    await this.clock.advance(0);
    return handle;
  }

  expectSent<Payload>(operation: AnyOperation, payload?: Payload): SentMessage<Payload> {
    return this.#services.expect(operation, payload) as SentMessage<Payload>;
  }

  expectNothingSent(): void {
    this.#services.expectNothing();
  }

  async expectStatus(saga: SagaHandle, status: SagaStatus): Promise<void> {
    const { id, status: actual, failure } = await saga.status();
    if (actual === status) return;
    const why = failure ? `: ${failure.step ?? ""} ${failure.name} ${failure.message}` : "";
    const message = `saga ${id} is ${actual}, and not ${status}${why}`;
    throw new AssertionError({ message, actual, expected: status, operator: "strictEqual" });
  }

  async replyWith(operation: AnyRequest, payload?: unknown): Promise<void> {
    const [message, more] = operation.reply.success;
    const named = more ? (payload as { readonly name: string; readonly payload: unknown }) : undefined;
    const chosen = named ? operation.reply.success[successNames(operation).indexOf(named.name)] : message;
    if (!chosen)
      throw new AssertionError({
        message: `${operation.id} has no such reply; it has ${successNames(operation).join(", ")}`,
      });
    await this.#answer(operation, { message: chosen, payload: named ? named.payload : payload });
  }

  async failWith(operation: AnyRequest, name: string, payload: unknown): Promise<void> {
    const message = operation.reply.failure?.[name];
    if (!message) throw new AssertionError({ message: `${operation.id} declares no failure '${name}'` });
    await this.#answer(operation, { message, payload });
  }

  async breaks(operation: AnyRequest): Promise<void> {
    const payload = { code: "error", message: "broken for the moment", retryable: true };
    await this.#answer(operation, { message: standardFailureMessage, payload, standard: "retryable" });
  }

  async timesOut(operation: AnyRequest): Promise<void> {
    const { sent } = this.#services.take(operation);
    const id = parseMessageId(sent.messageId)?.instance ?? "";
    for (let moment = 0; moment < mostMoments; moment++) {
      const dueAt = (await this.store.get(id))?.dueAt;
      if (dueAt === undefined) break;
      await this.clock.advance(Math.max(0, dueAt - this.clock.now()));
      if (await this.#hasTimedOut(id, sent)) return;
    }
    throw new AssertionError({ message: `${operation.id} does not time out: nothing of saga ${id} is due` });
  }

  async publish(operation: AnySend, ...message: readonly unknown[]): Promise<void> {
    const [payload, options = {}] = message as [payload?: unknown, options?: PublishOptions & Parameters];
    const sentAt = this.clock.now();
    const { messageId: id = uuidv7(sentAt), headers, parameters } = options;
    const meta = { id, sentAt, ...(headers && { headers }), ...(parameters && { parameters }) };
    await this.#transport.send([encodeMessage(operation, payload, meta)]);
    await this.clock.advance(0);
  }

  async advance(time: Duration | number): Promise<void> {
    await this.clock.advance(time);
  }

  async close(): Promise<void> {
    await this.runner.close();
    await this.#transport.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(operation: AnyRequest, reply: ReplyContent): Promise<void> {
    await this.#services.answer(operation, this.#services.take(operation), reply);
    await this.clock.advance(0);
  }

  async #hasTimedOut(id: string, { messageId, attempt }: SentMessage): Promise<boolean> {
    const history = await this.store.history(id);
    return history.some(
      (row) => row.messageId === messageId && row.attempt === attempt && row.kind.endsWith("-attempt-failed"),
    );
  }
}
