import type { MessageContext } from "../../codegen.js";
import { type Duration, durationMs } from "../../core/duration.js";
import { SagaspecError } from "../../core/errors.js";
import { refuseUnknownOptions } from "../../core/known-options.js";
import { callerOf } from "../../server/handler-context.js";
import { deferred } from "../../server/outcome.js";
import type { SagaHandle, StartedSaga } from "../define/handle.js";
import type { Saga } from "../define/saga.js";
import type { OperatorAct } from "../store/effects.js";
import { type Components, createComponents } from "./create-components.js";
import { operate } from "./operate.js";
import type { OperatorVerdict, SagaRunner, SagaRunnerOptions } from "./options.js";
import type { Started, StartOptions } from "./starts.js";

export type { OperatorVerdict, SagaRunner, SagaRunnerOptions } from "./options.js";

/**
 * Makes a runner of sagas.
 * @throws SagaspecError `invalid-definition`
 * @example
 * const sagas = createSagaRunner({ service: "order", sagas: [createOrder], store, transport });
 * await sagas.start();
 * const order = await sagas.run(createOrder, input, { key: String(input.orderId) });
 * const { status } = await order.result({ timeout: "10s" });
 */
export function createSagaRunner(options: SagaRunnerOptions): SagaRunner {
  return new Runner(options);
}

class Runner implements SagaRunner {
  readonly #options: SagaRunnerOptions;
  readonly #parts: Components;
  #state: "new" | "started" | "closed" = "new";
  #endChecks: (() => void) | undefined;

  constructor(options: SagaRunnerOptions) {
    this.#options = options;
    this.#parts = createComponents(options);
  }

  async start(): Promise<void> {
    if (this.#state !== "new") throw usage("it starts once; create a new one");
    this.#state = "started";
    this.#options.transport.check?.(this.#parts.definitions.endpoints());
    const { housekeeping, scheduler, subscriptions, sweeper } = this.#parts;
    await sweeper.learnTime();
    await subscriptions.start();
    await sweeper.start(!this.#options.transport.traits.durable);
    housekeeping.start();
    scheduler.start();
    this.#endChecks = this.#parts.check();
  }

  run<Input, Results>(
    saga: Saga<Input, Results>,
    input: Input,
    options: StartOptions = {},
  ): Promise<StartedSaga<Results>> {
    if (options.tx === undefined) return this.#run(saga, input, options);
    this.#check(saga, options);
    const publishes = this.#options.lifecycle?.publish === true;
    const started = this.#parts.starts.startIn(saga, input, options, publishes);
    const handle = ({ id, isNew, version }: Started) => ({
      ...this.#parts.completion.handle<Results>(id),
      isNew,
      version,
    });
    return started instanceof Promise ? started.then(handle) : Promise.resolve(handle(started));
  }

  #check<Input, Results>(saga: Saga<Input, Results>, options: StartOptions): void {
    refuseUnknownOptions("run", options, ["key", "id", "allowOtherInput", "tx"]);
    if (this.#state !== "started") throw usage("it is not running; start it first");
    if (this.#parts.definitions.of(saga) === undefined) throw this.#parts.definitions.missing(saga);
  }

  async #run<Input, Results>(
    saga: Saga<Input, Results>,
    input: Input,
    options: StartOptions,
  ): Promise<StartedSaga<Results>> {
    this.#check(saga, options);
    const { id, isNew, version } = await this.#parts.starts.start(saga, input, options);
    return { ...this.#parts.completion.handle<Results>(id), isNew, version };
  }

  handle<Results = unknown>(id: string): SagaHandle<Results> {
    return this.#parts.completion.handle<Results>(id);
  }

  handler<Input, Results>(saga: Saga<Input, Results>): (payload: unknown, context: MessageContext) => Promise<never> {
    const { answer } = saga.start ?? {};
    if (!answer) throw usage(`saga '${saga.type}' answers no operation; say so with answers(...)`);
    return async (payload, context) => {
      const input = answer.input(payload) as Input;
      const key = answer.key ? String(answer.key(payload)) : context.messageId;
      const caller = callerOf(context);
      await this.#parts.starts.start(saga, input, { key, allowOtherInput: true }, caller);
      // What comes later is no value of the handler's: the participant knows the word.
      return deferred as never;
    };
  }

  async operate(id: string, act: OperatorAct): Promise<OperatorVerdict> {
    if (this.#state !== "started") throw usage("it is not running; start it first");
    return operate(this.#parts, id, act);
  }

  async close({ timeout = "10s" }: { readonly timeout?: Duration | number } = {}): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    const { dispatcher, givenUp, housekeeping, time, timers } = this.#parts;
    let isOver = () => {};
    const over = new Promise<void>((resolve) => {
      isOver = resolve;
    });
    let cancel = time.clock.after(
      durationMs(timeout),
      () => {
        givenUp.abort();
        dispatcher.runs.abandon();
        // What does not hear of it, a function that holds its transaction for example, is not waited for.
        cancel = time.clock.after(graceMs, isOver, true);
      },
      true,
    );
    try {
      await Promise.race([this.#drain(), over]);
    } finally {
      this.#endChecks?.();
      housekeeping.stop();
      timers.stop();
      cancel();
    }
  }

  /** Takes nothing more, and resolves when what is under way has ended. */
  async #drain(): Promise<void> {
    const { batches, dispatcher, engine, problem, scheduler, subscriptions, sweeper } = this.#parts;
    scheduler.stop();
    await sweeper.stop();
    await subscriptions.stop();
    await dispatcher.drainRuns();
    await engine.idle();
    await dispatcher.publisher.idle();
    await batches.flush(true).catch(problem);
  }
}

/** After the time is over, what has been told to end may do so. */
const graceMs = 500;

function usage(what: string): SagaspecError {
  return new SagaspecError("invalid-usage", `saga runner: ${what}`);
}
