/** The processes of a simulated system: each lives as often as it dies, until the history ends. */

import type { Problem } from "../../core/problems.js";
import type { SagaDefinition } from "../../saga/define/definition.js";
import type { Saga } from "../../saga/define/saga.js";
import { createSagaRunner, type SagaRunner } from "../../saga/run/runner.js";
import { type Server, serve } from "../../server/serve.js";
import { contractOf, nameOf } from "./answers.js";
import type { Broker } from "./broker.js";
import { connect } from "./connection.js";
import { type EffectLog, inboxOf } from "./effect-log.js";
import { Incarnation, type Surroundings } from "./incarnation.js";
import type { Ledger, ReportViolation } from "./ledger.js";
import type { Scenario, SimulatedService } from "./scenario.js";
import { storeOf } from "./storage.js";
import type { Stores } from "./stores.js";

/** What all processes share. */
export interface SharedSystem {
  readonly around: Surroundings;
  readonly broker: Broker;
  readonly stores: Stores;
  readonly ledger: Ledger;
  readonly deeds: EffectLog;
  /** What the broker says of itself. */
  readonly durable: boolean;
  readonly accuse: ReportViolation;
}

/** A process that is asked to stop has that long. */
const drainMs = 60_000;

/** Runs a program, and starts it again after each of its ends. */
export class Process<Program extends { close(): Promise<void> }> {
  readonly #name: string;
  readonly #system: SharedSystem;
  readonly #boot: (life: Incarnation) => Promise<Program>;
  #program: Program | undefined;

  constructor(name: string, system: SharedSystem, boot: (life: Incarnation) => Promise<Program>) {
    this.#name = name;
    this.#system = system;
    this.#boot = boot;
    this.#live();
  }

  /** What runs, while it runs. */
  get program(): Program | undefined {
    return this.#program;
  }

  #live(): void {
    const { around } = this.#system;
    const life = new Incarnation(this.#name, around);
    life.onEnd(() => {
      this.#program = undefined;
      const restMs = around.misfortune.ms(around.misfortune.site(`${this.#name} rests`), 100, 6_000);
      around.time.after(restMs, () => this.#live());
    });
    around.trace(() => `${this.#name}: starts`);
    this.#boot(life).then(
      (program) => this.#isUp(life, program),
      (error) => life.end(`does not come up: ${error}`),
    );
  }

  #isUp(life: Incarnation, program: Program): void {
    if (life.isOver) return;
    this.#program = program;
    const { time, misfortune } = this.#system.around;
    const site = misfortune.site(`${this.#name} up`);
    if (!misfortune.strikes("restart", site)) return;
    time.after(misfortune.ms(`time of ${site}`, 500, 15_000), () => void this.#stop(life, program));
  }

  async #stop(life: Incarnation, program: Program): Promise<void> {
    if (life.isOver) return;
    const { around, accuse } = this.#system;
    this.#program = undefined;
    around.trace(() => `${this.#name}: is asked to stop`);
    const cancel = around.time.after(drainMs, () => {
      if (!life.isOver) accuse(`${this.#name}: has not stopped ${drainMs} ms after it was asked to`);
    });
    await program.close();
    cancel();
    life.end("has stopped");
  }
}

/** A worker that runs sagas, and answers the requests that start some of them. */
export interface Worker {
  readonly runner: SagaRunner;
  close(): Promise<void>;
}

export function startWorker(
  name: string,
  system: SharedSystem,
  sagas: readonly SagaDefinition[],
  more: Scenario["runner"] = {},
): Process<Worker> {
  const { stores, ledger, deeds, around } = system;
  return new Process(name, system, async (life) => {
    const transport = connect({ ...system, life });
    const { clock } = life;
    const onProblem = (problem: Problem) => around.trace(() => `${name}: ${told(problem)}`);
    const store = storeOf(life, stores.sagas(life), ledger);
    const runner = createSagaRunner({ ...more, service: "sagas", sagas, store, transport, clock, onProblem });
    await runner.start();
    const servers: Server[] = [];
    for (const saga of sagas) {
      const call = saga.start?.answer?.call;
      if (!call) continue;
      const inbox = inboxOf(life, stores.inbox(`requests of ${saga.type}`, life), deeds);
      const handlers = { [nameOf(call)]: runner.handler(saga as Saga<unknown, unknown>) };
      servers.push(await serve(contractOf([call]), handlers, transport, { inbox, clock, onProblem }));
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

function told({ kind, reason }: Problem): string {
  return `${kind}: ${reason}`;
}

/** A service that answers. All processes of it share its inbox. */
export function startService(
  name: string,
  system: SharedSystem,
  { contract, handlers }: SimulatedService,
): Process<Server> {
  return new Process(name, system, (life) =>
    serve(contract, handlers, connect({ ...system, life }), {
      inbox: inboxOf(life, system.stores.inbox(contract.$contract.service, life), system.deeds),
      clock: life.clock,
      lease: "2s",
      onProblem: (problem) => system.around.trace(() => `${name}: ${told(problem)}`),
    }),
  );
}
