// A worker of version 0.1 and one of today's release share a PostgreSQL and a RabbitMQ while the tables are migrated.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createClient } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import amqplib from "amqplib";
import type pg from "pg";
import { afterAll, expect, test } from "vitest";
import { createDatabase, postgresMissing } from "../../support/postgres.js";
import { findBroker } from "../../support/rabbitmq.js";
import { deskEvents } from "./services.js";
import type { Start } from "./worker.js";

const missing = await postgresMissing();
if (missing) console.warn(`skipped: ${missing}`);
const broker = missing ? undefined : await findBroker();
afterAll(() => broker?.release());

const program = fileURLToPath(new URL("worker.ts", import.meta.url));
const definitions = ["buying", "buying", "together", "waiting", "whole", "sleeping", "several", "counting"] as const;

/** What a saga of each definition makes the warehouse do when its card is accepted, and when it is refused. */
const performances: { readonly [definition: string]: readonly [accepted: string, refused: string] } = {
  buying: ["charge reserve ship", "release reserve"],
  together: ["charge reserve ship", "release reserve"],
  waiting: ["reserve ship", "reserve ship"],
  whole: ["charge reserve", "release reserve"],
  sleeping: ["reserve ship", "reserve ship"],
  several: ["reserve reserve", "reserve reserve"],
  counting: ["reserve", "reserve"],
};
const canBeRefused = new Set(["buying", "together", "whole"]);

const orders = (from: number, count: number): Start[] =>
  Array.from({ length: count }, (_, index) => {
    const definition = definitions[index % definitions.length] ?? "buying";
    // Of a sleeping one: hours.
    const amount = definition === "sleeping" ? 0.0002 : 2;
    return { definition, order: { orderId: `o${from + index}`, amount } };
  });

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let left = 900; left > 0; left--) {
    if (await isSo()) return;
    await sleep(100);
  }
  throw new Error(`not within 90 s: ${what}`);
}

test.skipIf(!broker)(
  "an old worker beside a new one, and after the migration, loses and doubles nothing",
  async () => {
    const { url = "" } = broker ?? {};
    const database = await createDatabase();
    const pool: pg.Pool = database.pool();
    await pool.query(
      "create table performed (operation text not null, order_id text not null, by_release text not null)",
    );
    const transport = createAmqpTransport({ amqplib, url });
    const events = createClient(deskEvents, transport);
    const started = new Map<string, string>();
    const told: Promise<unknown>[] = [];
    const all: Start[] = [];
    const workers: ChildProcess[] = [];

    const hire = async (release: "old" | "new") => {
      const worker = fork(program, [release, url, database.url], {
        execArgv: ["--conditions=@sagaspec/source", "--import", "tsx"],
      });
      workers.push(worker);
      const gone = once(worker, "exit").then(() =>
        Promise.reject(new Error(`a worker of the ${release} release died`)),
      );
      gone.catch(() => {});
      await Promise.race([once(worker, "message"), gone]);
      worker.on("message", ({ orderId, id }: { readonly orderId: string; readonly id: string }) => {
        started.set(orderId, id);
        if (all.find(({ order }) => order.orderId === orderId)?.definition !== "waiting") return;
        told.push(events.approved({ orderId }));
      });
      return worker;
    };
    const give = (worker: ChildProcess, starts: readonly Start[]) => {
      all.push(...starts);
      worker.send(starts);
    };
    const performed = async () => Number((await pool.query("select count(*) as n from performed")).rows[0].n);
    const fire = async (worker: ChildProcess) => {
      const gone = once(worker, "exit");
      worker.kill("SIGKILL");
      await gone;
    };

    try {
      const first = await hire("old");
      give(first, orders(100, 48));
      await until("the old worker is at work", async () => (await performed()) > 10);
      const fresh = await hire("new");
      give(first, orders(200, 48));
      give(fresh, orders(300, 48));
      await until("both are at work", async () => (await performed()) > 120);
      // What dies with it has been committed, or is begun anew: its orders that have not started are given to others.
      await fire(first);
      const second = await hire("old");
      give(second, all.filter(({ order }) => !started.has(order.orderId)).concat(orders(400, 48)));
      await until("all have started", async () => all.every(({ order }) => started.has(order.orderId)));
      await Promise.all(told);

      const store = createPostgresStore({ pool, schema: "orders" });
      const wanted = new Map(all.map((start) => [start.order.orderId, start.definition]));
      const open = async () => {
        const pages = await Promise.all(
          (["running", "compensating", "needs-attention"] as const).map((status) =>
            store.list({ status, limit: 1_000 }),
          ),
        );
        return pages.flatMap(({ sagas }) => sagas);
      };
      await until("all have ended", async () => (await open()).length === 0);

      const { sagas } = await store.list({ limit: 10_000 });
      const ends = new Map(sagas.filter(({ type }) => type !== "part").map(({ key, status }) => [key ?? "", status]));
      const refused = (orderId: string) => orderId.endsWith("7") && canBeRefused.has(wanted.get(orderId) ?? "");
      expect(ends).toEqual(
        new Map([...wanted.keys()].map((orderId) => [orderId, refused(orderId) ? "compensated" : "completed"])),
      );
      const { rows } = await pool.query(
        `select split_part(order_id, ':', 1) as "orderId", string_agg(operation, ' ' order by operation) as did
       from performed group by 1`,
      );
      const did = new Map((rows as { orderId: string; did: string }[]).map((row) => [row.orderId, row.did]));
      expect(did).toEqual(
        new Map([...wanted].map(([id, definition]) => [id, performances[definition]?.[refused(id) ? 1 : 0]])),
      );
      const { rows: releases } = await pool.query("select distinct by_release from performed order by 1");
      expect(releases).toEqual([{ by_release: "new" }, { by_release: "old" }]);
      // Nothing is left to be carried out.
      await until("all effects are closed", async () => (await pool.query("select from orders.effect")).rowCount === 0);
    } finally {
      for (const worker of workers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
        const gone = once(worker, "exit");
        worker.disconnect();
        await gone;
      }
      await transport.close();
      await database.drop();
    }
  },
  300_000,
);
