// A small world for runner tests: the example's services on a broker and a store in memory, under a clock of our own.

import {
  createSagaRunner,
  type HistoryRow,
  type SagaRunner,
  type SagaRunnerOptions,
  type SagaStore,
} from "@sagaspec/runtime";
import type { SagaAdmin } from "@sagaspec/runtime/admin";
import { createMemoryStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { createVirtualClock } from "@sagaspec/runtime/testing";
import { afterEach, expect } from "vitest";
import type { SagaDefinition } from "../../../runtime/src/saga/define/definition.js";
import { createOrder } from "./create-order.js";
import { type Answer, participant } from "./participants.js";

const usual: { readonly [command: string]: { readonly [name: string]: number } } = {
  createTicket: { ticketId: 200 },
  authorizeCard: { transactionId: 100 },
};

export interface WorldOptions {
  /** What the services answer, by command, where it is not the usual. */
  readonly answers?: { [command: string]: Answer };
  readonly sagas?: readonly SagaDefinition[];
  /** What the runner is told beside. */
  readonly runner?: Partial<SagaRunnerOptions>;
}

/** Everything in one place. `close` it; a clock with timers left then is a leak. */
export async function createWorld({ answers = {}, sagas = [createOrder], runner = {} }: WorldOptions = {}) {
  const clock = createVirtualClock();
  const transport = createMemoryTransport({ clock });
  const store: SagaStore & SagaAdmin = createMemoryStore({ clock });
  const reply = (name: string): Answer => answers[name] ?? { ok: usual[name] ?? null };
  const consumer = await participant(transport, "consumer", reply);
  const restaurant = await participant(transport, "restaurant", reply);
  const accounting = await participant(transport, "accounting", reply);
  const problems: unknown[] = [];
  const history: HistoryRow[] = [];
  const runners: SagaRunner[] = [];
  const addRunner = async (more: Partial<SagaRunnerOptions> = {}) => {
    const one = createSagaRunner({
      service: "order",
      sagas,
      store,
      transport,
      clock,
      settleTime: 0,
      observe: (rows) => history.push(...rows),
      onProblem: ({ error }) => problems.push(error),
      ...runner,
      ...more,
    });
    runners.push(one);
    await one.start();
    return one;
  };
  const first = await addRunner();
  return {
    clock,
    transport,
    store,
    consumer,
    restaurant,
    accounting,
    answers,
    problems,
    history,
    sagas: first,
    addRunner,
    /** What happened, in short: `step-started ticket`. */
    story: () => history.map(({ kind, step }) => (step === undefined ? kind : `${kind} ${step}`)),
    async close() {
      for (const one of runners) await one.close();
      await transport.close();
    },
  };
}

/**
 * Makes worlds for the tests of a file. After each test they are closed, and leave no timer behind.
 * @param usual of each of them, where a test says nothing else
 * @example const world = useWorld({ sagas: [paying] });
 */
export function useWorld(usual: WorldOptions = {}): (options?: WorldOptions) => Promise<World> {
  const worlds: World[] = [];
  afterEach(async () => {
    for (const one of worlds.splice(0)) {
      await one.close();
      expect(one.clock.timers, "timers left behind").toBe(0);
    }
  });
  return async (options) => {
    const one = await createWorld({ ...usual, ...options });
    worlds.push(one);
    return one;
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/** Lets time pass, a little virtual and a little real, until something is so: PostgreSQL answers in its own time. */
export async function settled(it: World, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    if (await isSo()) return;
    await it.clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it never came about");
}
