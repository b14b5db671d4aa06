/**
 * The saga by hand on amqplib and pg: a row, its history and an outbox in one statement a batch, confirmed messages,
 * acknowledged after the commit. Nothing checks, nothing remembers what was executed, nothing times out, and nobody
 * finishes what a crash leaves. It writes and acknowledges message by message: who gathers them may be faster.
 */
import { randomUUID } from "node:crypto";
import type amqplib from "amqplib";
import type pg from "pg";
import { closeAll, connect, quorum, type Subject } from "../amqp.js";

interface Saga {
  readonly id: string;
  readonly key: string;
  readonly ended: () => void;
  readonly state: { status: string; seq: number; steps: { [name: string]: object } };
  revision: number;
}

interface Arrival {
  readonly saga: Saga;
  /** Absent for a start. */
  readonly reply?: amqplib.ConsumeMessage;
}

const steps = ["stock", "payment", "shipping"];
const maxBatch = 256;
const maxBatches = 2;
const timeoutMs = 10_000;

const tables = `
  create table by_hand (
    id text collate "C" primary key, key text unique, status text, revision integer, state text, due_at bigint
  ) with (fillfactor = 40);
  create table by_hand_history (id text collate "C", seq integer, lines text, primary key (id, seq));
  create table by_hand_outbox (key text collate "C" primary key, id text, message text);
`;

const commit = `
  with incoming as materialized (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], string_to_array($5, E'\\x1e'), $6::bigint[])
      as i(id, key, status, revision, state, due_at)
  ), inserted as (
    insert into by_hand select * from incoming where revision = 1
  ), updated as (
    update by_hand s set status = i.status, revision = i.revision, state = i.state, due_at = i.due_at
    from incoming i where s.id = i.id and s.revision = i.revision - 1 returning s.id
  ), recorded as (
    insert into by_hand_history select * from unnest($1::text[], $4::int[], string_to_array($7, E'\\x1e'))
  ), opened as (
    insert into by_hand_outbox select * from unnest($8::text[], $9::text[], string_to_array($10, E'\\x1e'))
  ), closed as (
    delete from by_hand_outbox where key = any($11::text[])
  )
  select count(*)::int as count from updated`;

/** @param queue where `answerByHand` answers */
export async function sagaByHand(url: string, queue: string, pool: pg.Pool): Promise<Subject> {
  await pool.query(tables);
  const connections = await Promise.all([connect(url), connect(url)]);
  const [asking, inbox] = connections;
  const commands = await asking.createConfirmChannel();
  const replies = await inbox.createChannel();
  const replyTo = `bench.${randomUUID()}`;
  const common = { persistent: true, mandatory: true, contentType: "application/json" };
  const sagas = new Map<string, Saga>();
  let arrived: Arrival[] = [];
  let underWay = 0;
  let scheduled = false;

  await replies.assertQueue(replyTo, quorum);
  await replies.prefetch(512);
  await replies.consume(replyTo, (reply) => {
    const saga = sagas.get(String(reply?.properties.correlationId).slice(0, 36));
    if (reply && saga) take({ saga, reply });
  });

  function take(arrival: Arrival): void {
    arrived.push(arrival);
    schedule();
  }

  function schedule(): void {
    if (scheduled || underWay === maxBatches || arrived.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const batch = arrived.slice(0, maxBatch);
      arrived = arrived.slice(maxBatch);
      void settle(batch);
      schedule();
    });
  }

  /** Commits what has come, then acknowledges it and sends what follows. */
  async function settle(batch: readonly Arrival[]): Promise<void> {
    underWay += 1;
    const now = Date.now();
    const lines = batch.map(({ saga, reply }) => advance(saga, reply, now));
    const ids = batch.map(({ saga }) => saga.id);
    const opened = batch.filter(({ saga }) => isOpen(saga));
    const { rows } = await pool.query(commit, [
      ids,
      batch.map(({ saga }) => saga.key),
      batch.map(({ saga }) => saga.state.status),
      batch.map(({ saga }) => saga.revision),
      joined(batch.map(({ saga }) => saga.state)),
      batch.map(({ saga }) => (isOpen(saga) ? now + timeoutMs : null)),
      joined(lines),
      opened.map(({ saga }) => commandOf(saga)),
      opened.map(({ saga }) => saga.id),
      joined(opened.map(({ saga }) => ({ to: queue, payload: payloadOf(saga) }))),
      batch.flatMap(({ reply }) => (reply ? [String(reply.properties.correlationId)] : [])),
    ]);
    if (rows[0].count !== batch.filter(({ reply }) => reply).length)
      throw new Error("a saga by hand was changed by another");
    underWay -= 1;
    for (const { reply } of batch) if (reply) replies.ack(reply);
    for (const { saga } of batch) {
      if (isOpen(saga)) {
        const properties = { ...common, messageId: commandOf(saga), replyTo, expiration: String(timeoutMs) };
        commands.publish("", queue, bytes(payloadOf(saga)), properties, (error) => {
          if (error) throw error;
        });
      } else {
        sagas.delete(saga.id);
        saga.ended();
      }
    }
    schedule();
  }

  return {
    async request() {
      await new Promise<void>((ended) => {
        const state = { status: "running", seq: 0, steps: {} };
        const saga = { id: randomUUID(), key: randomUUID(), ended, state, revision: 0 };
        sagas.set(saga.id, saga);
        take({ saga });
      });
    },
    close: () => closeAll(connections),
  };
}

/** Takes the reply, if there is one, and opens the next step. Gives the lines of history. */
function advance(saga: Saga, reply: amqplib.ConsumeMessage | undefined, now: number): object[] {
  const { state, id } = saga;
  const lines: object[] = [];
  const note = (kind: string, step: string | undefined, data: unknown) =>
    lines.push({ id, seq: ++state.seq, at: now, kind, step, data });
  if (reply) {
    const step = steps[saga.revision - 1] ?? "";
    const data = JSON.parse(reply.content.toString());
    state.steps[step] = { ...state.steps[step], status: "done", reply: data };
    note("step-succeeded", step, data);
  } else note("started", undefined, payloadOf(saga));
  saga.revision += 1;
  const next = steps[saga.revision - 1];
  if (next === undefined) {
    state.status = "completed";
    note("ended", undefined, null);
  } else {
    state.steps[next] = {
      status: "open",
      id: commandOf(saga),
      payload: payloadOf(saga),
      dueAt: now + timeoutMs,
    };
    note("step-started", next, payloadOf(saga));
  }
  return lines;
}

const isOpen = (saga: Saga): boolean => saga.revision <= steps.length;
const commandOf = ({ id, revision }: Saga): string => `${id}/${steps[revision - 1]}`;
const payloadOf = ({ key }: Saga): object => ({ orderId: key, amount: 10 });
const bytes = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const joined = (values: readonly object[]): string => values.map((value) => JSON.stringify(value)).join("\x1e");
