/** Sagas, transitions and effects as a store sees them. */
import { randomUUID } from "node:crypto";
import type { HistoryRow, SagaRow } from "@sagaspec/runtime";
import type { Commit, DefinitionRef, Effect, EventRow } from "@sagaspec/runtime/store";
import { uuidv7 } from "../../../runtime/src/core/uuid.js";

/** A definition of its own for each test, so that tests on a shared database do not meet. */
export function newDefinition(): DefinitionRef {
  return { type: `order-${randomUUID().slice(0, 8)}`, version: 1, hash: "a1" };
}

let made = 0;

export function newRow(definition: DefinitionRef, over: Partial<SagaRow> = {}): SagaRow {
  made += 1;
  const now = Date.now();
  return {
    ...definition,
    id: uuidv7(now + made),
    status: "running",
    paused: false,
    cursor: ["ticket"],
    revision: 1,
    state: { input: { orderId: made } },
    startedAt: now,
    updatedAt: now,
    token: randomUUID(),
    ...over,
  };
}

/** The first transition of a saga. */
export function start(row: SagaRow, over: Partial<Commit> = {}): Commit {
  const records = [record(row, 1, "started")];
  return { row, expected: 0, records, open: [], closed: [], keys: [], ...over };
}

/** The next transition of a saga. */
export function next(row: SagaRow, change: Partial<SagaRow> = {}, over: Partial<Commit> = {}): Commit {
  const revision = row.revision + 1;
  const after = { ...row, revision, token: randomUUID(), ...change };
  const records = [record(row, revision, "reply")];
  return { row: after, expected: row.revision, records, open: [], closed: [], keys: [], ...over };
}

export function record(row: SagaRow, seq: number, kind: string): HistoryRow {
  return {
    seq,
    at: row.updatedAt,
    kind,
    step: "ticket",
    attempt: 1,
    messageId: `m${seq}`,
    data: { seq },
  };
}

export function sendEffect(row: SagaRow, attempt = 1, step = "ticket"): Effect {
  return {
    id: `${row.id}/${step}/do/1`,
    attempt,
    type: "send",
    operation: "restaurant.createTicket",
    payload: { orderId: 1 },
  };
}

export function runEffect(row: SagaRow, leaseUntil: number): Effect {
  return { id: `${row.id}/count/do/1`, attempt: 1, type: "run", step: "count", leaseUntil, transactional: false };
}

export function event(channel: string, key: string, at = Date.now()): EventRow {
  return { channel, key, id: randomUUID(), name: "ticketReady", payload: { ticketId: 7 }, at };
}
