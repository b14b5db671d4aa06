/** What goes wrong while sagas run, one thing after the other. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PrivatePostgres } from "../../support/private-postgres.js";
import type { PrivateBroker } from "../../support/rabbitmq.js";
import type { TcpProxy } from "../../support/tcp-proxy.js";
import type { Crew } from "./workers.js";

/** Everything that can be broken. */
export interface Stage {
  readonly orchestrators: Crew;
  readonly participants: Crew;
  readonly broker: PrivateBroker;
  readonly database: PrivatePostgres;
  /** The ways of both crews to the broker and to the database. */
  readonly ways: readonly TcpProxy[];
}

/** One fault. `turn` counts its occurrences from 0. */
export type Fault = (stage: Stage, turn: number) => Promise<void>;

export const faults = {
  async "an orchestrator killed"({ orchestrators }) {
    await orchestrators.kill();
    await sleep(5_500);
  },
  async "a participant killed"({ participants }) {
    await participants.kill();
    await sleep(5_500);
  },
  async "connections cut"({ ways }, turn) {
    for (const [index, way] of ways.entries()) if (index % 2 === turn % 2) way.cut();
    await sleep(2_000);
  },
  async "5 s of silence"({ ways }, turn) {
    const silent = ways.filter((_, index) => index % 2 === turn % 2);
    for (const way of silent) way.pause();
    await sleep(5_000);
    for (const way of silent) way.resume();
    await sleep(2_000);
  },
  async "the broker restarted"({ broker }) {
    await broker.kill();
    await broker.start();
    await sleep(2_000);
  },
  async "the database restarted"({ database }) {
    await database.kill();
    await sleep(500);
    await database.start();
    await sleep(2_000);
  },
} satisfies { readonly [name: string]: Fault };

export type FaultName = keyof typeof faults;
