/** The processes of a simulated system. Each is started again after it has died or stopped, until the history ends. */

import { type ClientOptions, createClient } from "../../client/client.js";
import type { Problem } from "../../core/problems.js";
import type { SagaDefinition } from "../../saga/define/definition.js";
import type { Saga } from "../../saga/define/saga.js";
import { createSagaRunner, type SagaRunner, type SagaRunnerOptions } from "../../saga/run/runner.js";
import { type Server, serve } from "../../server/serve.js";
import type { AnyRequest } from "../../wire/operations.js";
import { contractOf, nameOf } from "./answers.js";
import { connect } from "./connection.js";
import { inboxFor } from "./effect-log.js";
import { Incarnation } from "./incarnation.js";
import type { Scenario, SimulatedService } from "./scenario.js";
import { storeFor } from "./stores.js";
import type { System } from "./system.js";

/** A process that is asked to stop has that long. */
const drainMs = 60_000;

/** Runs a program, and starts it again after each of its ends. */
export class Process<Program extends { close(): Promise<void> }> {
  readonly #name: string;
  readonly #system: System;
  readonly #boot: (incarnation: Incarnation) => Promise<Program>;
  #program: Program | undefined;

  constructor(name: string, system: System, boot: (incarnation: Incarnation) => Promise<Program>) {
    this.#name = name;
    this.#system = system;
    this.#boot = boot;
    this.#start();
  }

  /** The running program; undefined while there is none. */
  get program(): Program | undefined {
    return this.#program;
  }

  #start(): void {
    const { injector, time, trace } = this.#system;
    const incarnation = new Incarnation(this.#name, this.#system);
    incarnation.onEnd(() => {
      this.#program = undefined;
      const downMs = injector.ms(injector.site(`${this.#name} rests`), 100, 6_000);
      time.after(downMs, () => this.#start());
    });
    trace(() => `${this.#name}: starts`);
    this.#boot(incarnation).then(
      (program) => this.#isUp(incarnation, program),
      (error) => incarnation.end(`does not come up: ${error}`),
    );
  }

  #isUp(incarnation: Incarnation, program: Program): void {
    if (incarnation.isOver) return;
    this.#program = program;
    const { time, injector } = this.#system;
    const site = injector.site(`${this.#name} up`);
    // The version before is replaced in time.
    if (!incarnation.isOldVersion && !injector.injects("restart", site)) return;
    time.after(injector.ms(`time of ${site}`, 500, 15_000), () => void this.#stop(incarnation, program));
  }

  async #stop(incarnation: Incarnation, program: Program): Promise<void> {
    if (incarnation.isOver) return;
    const { time, trace, reportViolation } = this.#system;
    this.#program = undefined;
    trace(() => `${this.#name}: is asked to stop`);
    const cancel = time.after(drainMs, () => {
      if (!incarnation.isOver) reportViolation(`${this.#name}: has not stopped ${drainMs} ms after it was asked to`);
    });
    await program.close();
    cancel();
    incarnation.end("has stopped");
  }
}

/** A worker that runs sagas, and answers the requests that start some of them. */
export interface Worker {
  readonly runner: SagaRunner;
  close(): Promise<void>;
}

export function startWorker(
  name: string,
  system: System,
  sagas: readonly SagaDefinition[],
  more: Scenario["runner"] = {},
): Process<Worker> {
  const { stores, effectLog } = system;
  return new Process(name, system, async (incarnation) => {
    const transport = connect(system, incarnation);
    const { clock } = incarnation;
    const { onProblem, logger, observe } = callbacksOf(name, system);
    const store = storeFor(incarnation, stores.sagas(incarnation), system);
    const runner = createSagaRunner({
      ...more,
      service: "sagas",
      sagas,
      store,
      transport,
      clock,
      ...{ onProblem, logger, observe },
    });
    await runner.start();
    const servers: Server[] = [];
    for (const saga of sagas) {
      const call = saga.start?.answer?.call;
      if (!call) continue;
      const inbox = inboxFor(incarnation, stores.inbox(`requests of ${saga.type}`, incarnation), effectLog);
      const handlers = { [nameOf(call)]: runner.handler(saga as Saga<unknown, unknown>) };
      servers.push(await serve(contractOf([call]), handlers, transport, { inbox, clock, onProblem, logger }));
    }
    return {
      runner,
      async close() {
        await Promise.all(servers.map((server) => server.close()));
        await runner.close();
      },
    };
  });
}

/** A service that answers. All processes of it share its inbox. */
export function startService(name: string, system: System, { contract, handlers }: SimulatedService): Process<Server> {
  return new Process(name, system, (incarnation) => {
    const { onProblem, logger } = callbacksOf(name, system);
    const inbox = inboxFor(incarnation, system.stores.inbox(contract.$contract.service, incarnation), system.effectLog);
    const { clock } = incarnation;
    const known = versionOf(contract, handlers, incarnation, system);
    return serve(known.contract, known.handlers, connect(system, incarnation), {
      ...{ inbox, clock, onProblem, logger },
      lease: "2s",
    });
  });
}

/** A program that sends requests. */
export interface Caller {
  call(payload: unknown, options: object): Promise<unknown>;
  close(): Promise<void>;
}

export function startClient(name: string, system: System, operation: AnyRequest): Process<Caller> {
  return new Process(name, system, async (incarnation): Promise<Caller> => {
    const { onProblem, logger, onLateReply } = callbacksOf(name, system);
    const transport = connect(system, incarnation, true);
    const options = { clock: incarnation.clock, name: "caller", onLateReply, onProblem, logger };
    const client = createClient(contractOf([operation]), transport, options) as unknown as {
      readonly [name: string]: Caller["call"];
    };
    const call = client[nameOf(operation)] as Caller["call"];
    return { call, close: () => transport.close() };
  });
}

/** The contract as it stands; or as it was before one of its operations came, with the handlers that there were then. */
function versionOf(
  contract: SimulatedService["contract"],
  handlers: object,
  incarnation: Incarnation,
  { injector, trace }: System,
): SimulatedService {
  const names = Object.keys(contract).filter((key) => key !== "$contract");
  const { name } = incarnation;
  const site = injector.site(`${name} version`);
  if (names.length < 2 || !injector.injects("oldVersion", site)) return { contract, handlers };
  const missing = names[Math.floor(injector.chance(`missing ${site}`) * names.length)] ?? "";
  incarnation.isOldVersion = true;
  trace(() => `${name}: is of the version before, which does not know ${missing}`);
  const without = (one: object) => Object.fromEntries(Object.entries(one).filter(([key]) => key !== missing));
  return { contract: without(contract) as SimulatedService["contract"], handlers: without(handlers) };
}

/** The callbacks of a program: each writes what it hears to the trace, and throws or rejects now and then. */
function callbacksOf(
  name: string,
  { trace, injector }: System,
): Required<Pick<SagaRunnerOptions & ClientOptions, "onProblem" | "logger" | "observe" | "onLateReply">> {
  const mayFail = (callback: string) => {
    const site = injector.site(`${name} ${callback}`);
    if (!injector.injects("callbackError", site)) return undefined;
    const error = new Error(`simulation: ${callback} failed`);
    if (injector.chance(`throws ${site}`) < 0.5) throw error;
    return Promise.reject(error);
  };
  const log = (_: object, message: string) => mayFail(`logger (${message.split(":")[0]})`);
  return {
    onProblem({ kind, reason }: Problem) {
      trace(() => `${name}: ${kind}: ${reason}`);
      return mayFail("onProblem");
    },
    logger: { error: log, warn: log, info: log, debug: log },
    observe: () => mayFail("observe"),
    onLateReply: () => mayFail("onLateReply"),
  };
}
