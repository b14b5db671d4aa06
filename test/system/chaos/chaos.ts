/** Sagas under load while everything around them fails in turn. */
import { setTimeout as sleep } from "node:timers/promises";
import { createPostgresStore } from "@sagaspec/runtime/postgres";
import { createPrivatePostgres } from "../../support/private-postgres.js";
import type { PrivateBroker } from "../../support/rabbitmq.js";
import { createTcpProxy, type TcpProxy } from "../../support/tcp-proxy.js";
import { createEffects } from "./effects.js";
import { type FaultName, faults, type Stage } from "./faults.js";
import { createLoad } from "./load.js";
import { judge, type Recovery, slowestRecovery, underWay, type Verdict } from "./verdict.js";
import { buildPrograms, type Crew, hire } from "./workers.js";

export interface ChaosOptions {
  /** Sagas started a second. */
  readonly perSecond: number;
  /** Load lasts until all faults are over, and at least so long. */
  readonly atLeastMs: number;
  /** How often each of the faults happens. */
  readonly times: number;
  /** Longest wait, after the load, for the last saga. */
  readonly patienceMs: number;
}

export interface ChaosReport extends Verdict {
  readonly orders: number;
  readonly seconds: number;
  /** How often each fault came. */
  readonly faults: { readonly [name: string]: number };
  /** Longest wait of a saga for its next transition after each death of a worker. */
  readonly recoveries: readonly Recovery[];
  /** From the end of the load to the end of the last saga. */
  readonly drainedMs: number;
}

/** Workers of each role. */
const crewSize = 3;
/** RabbitMQ 3.10 that is killed sooner after a quorum queue was declared leaves it stuck. */
const settleMs = 4_000;

export async function runChaos(
  broker: PrivateBroker,
  postgresPrograms: string,
  options: ChaosOptions,
): Promise<ChaosReport> {
  const database = await createPrivatePostgres(postgresPrograms);
  const programs = await buildPrograms();
  const ways: TcpProxy[] = [];
  const crews: Crew[] = [];
  try {
    const pool = database.pool();
    await createPostgresStore({ pool, migrate: true }).migrate();
    await createEffects(pool);
    const way = async (to: string) => {
      const proxy = await createTcpProxy(new URL(to));
      ways.push(proxy);
      return proxy.url;
    };
    const participants = await hire(programs, "participant", crewSize, [
      await way(broker.url),
      await way(database.url),
    ]);
    crews.push(participants);
    const args = [await way(database.url), await way(broker.url)].reverse();
    const load = createLoad(options.perSecond, () => orchestrators.alive());
    const orchestrators = await hire(programs, "orchestrator", crewSize, args, load.joined);
    crews.push(orchestrators);
    await sleep(settleMs);

    const beganAt = Date.now();
    load.begin();
    await sleep(settleMs / 2);
    const stage = { orchestrators, participants, broker, database, ways };
    const { counts, deaths } = await breakThings(stage, options.times);
    await sleep(Math.max(0, beganAt + options.atLeastMs - Date.now()));
    const orders = await load.end();
    const endedAt = Date.now();
    while ((await underWay(pool)) > 0 && Date.now() < endedAt + options.patienceMs) await sleep(250);
    const drainedMs = Date.now() - endedAt;
    for (const crew of crews.splice(0).reverse()) await crew.stop();
    return {
      ...(await judge(pool, orders)),
      orders: orders.length,
      seconds: Math.round((endedAt - beganAt) / 1_000),
      faults: counts,
      recoveries: await Promise.all(deaths.map((at) => slowestRecovery(pool, at))),
      drainedMs,
    };
  } finally {
    for (const crew of crews) await crew.stop().catch(() => {});
    for (const proxy of ways) await proxy.close();
    if (process.env.CHAOS_LOGS !== "keep") await programs.remove();
    await database.remove();
  }
}

/** Every fault in turn, again and again. Answers how often each came, and when workers died. */
async function breakThings(stage: Stage, times: number) {
  const counts: { [name: string]: number } = {};
  const deaths: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    for (const name of Object.keys(faults) as FaultName[]) {
      await sleep(500);
      if (name.endsWith("killed")) deaths.push(Date.now());
      await faults[name](stage, turn);
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return { counts, deaths };
}
