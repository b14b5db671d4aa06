/** Sagas as something that can be asked for, and asked how much it took. */
import { randomUUID } from "node:crypto";
import {
  createSagaRunner,
  type SagaRunnerOptions,
  type SagaStore,
  type Server,
  serve,
  type Transport,
} from "@sagaspec/runtime";
import type { PostgresPool } from "@sagaspec/runtime/postgres";
import type pg from "pg";
import { payment, purchase, shipping, stock } from "../../support/fixtures/shop.js";
import type { Subject } from "../amqp.js";

/** Steps of the saga that a request runs from its start to its end. */
export const stepsPerSaga = 3;

export interface SagaSubject extends Subject {
  /** Lines of history that the tracing hook has seen. */
  traced(): number;
}

export type RunnerOptions = Partial<SagaRunnerOptions> & { readonly store: SagaStore; readonly transport: Transport };

/** A runner whose requests are whole sagas: history, validation and a tracing hook are on. */
export async function sagaSubject(options: RunnerOptions): Promise<SagaSubject> {
  const open = new Map<string, { done(): void; fail(error: Error): void }>();
  let lines = 0;
  const runner = createSagaRunner({
    service: "shop",
    sagas: [purchase],
    settleTime: 0,
    ...options,
    observe(rows, { key = "", status }) {
      lines += rows.length;
      const waiting = status === "running" ? undefined : open.get(key);
      if (!waiting) return;
      open.delete(key);
      if (status === "completed") waiting.done();
      else waiting.fail(new Error(`saga ${key} is ${status}`));
    },
  });
  await runner.start();
  return {
    traced: () => lines,
    async request() {
      const orderId = randomUUID();
      const ended = new Promise<void>((done, fail) => open.set(orderId, { done, fail }));
      await Promise.all([runner.run(purchase, { orderId, amount: 10 }, { key: orderId }), ended]);
    },
    close: () => runner.close(),
  };
}

/** The three services of the saga, which do nothing but answer. */
export async function serveShop(transport: Transport): Promise<{ close(): Promise<void> }> {
  const options = { prefetch: 512 };
  const servers: Server[] = [
    await serve(stock, { reserve: ({ orderId }) => ({ reservationId: orderId }), release() {} }, transport, options),
    await serve(payment, { charge: ({ orderId }) => ({ receiptId: orderId }), refund() {} }, transport, options),
    await serve(shipping, { ship() {} }, transport, options),
  ];
  return {
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** A pool that counts its statements: each is a round trip. */
export function counting(pool: pg.Pool): PostgresPool & { readonly trips: () => number } {
  let trips = 0;
  return {
    trips: () => trips,
    on: (event, listener) => pool.on(event, listener),
    query(query) {
      trips += 1;
      return pool.query(query);
    },
    async connect() {
      const client = await pool.connect();
      return {
        query(query) {
          trips += 1;
          return client.query(query);
        },
        release: (error) => client.release(error),
        on: (event, listener) => client.on(event, listener),
        off: (event, listener) => client.off(event, listener),
      };
    },
  };
}
