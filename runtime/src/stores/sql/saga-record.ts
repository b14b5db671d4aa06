/** How a saga and what belongs to it stand in SQL columns, in every SQL store. */
import { messageOf, SagaspecError } from "../../core/errors.js";
import type { Effect } from "../../saga/store/effects.js";
import { effectKey } from "../../saga/store/ids.js";
import type { EventRow, HistoryRow, SagaRow, SagaStatus } from "../../saga/store/saga-store.js";
import { jsonText, parseJsonText, type StoreCodec, stateText } from "../../saga/store/stored-json.js";

/** A value that every driver takes. */
export type SqlValue = string | number | null;

/** Drivers hand 64-bit integers over as they please. */
type SqlInteger = number | string | bigint;

/** The columns of a saga, in the order of {@link sagaValues}. */
export const sagaColumns = [
  "id",
  "type",
  "version",
  "hash",
  "key",
  "parent",
  "status",
  "paused",
  "cursor",
  "revision",
  "state",
  "due_at",
  "started_at",
  "updated_at",
  "token",
] as const;

/** What a transition may change: the identity of a saga stays, and the indexes on it are left alone. */
export const changingColumns: readonly (typeof sagaColumns)[number][] = sagaColumns.filter(
  (column) => !["id", "type", "key", "started_at"].includes(column),
);

/** Stands where a state was, whatever the codec: of a finished saga that has shrunk. */
export const noState = "";

export interface SagaRecord {
  readonly id: string;
  readonly type: string;
  readonly version: SqlInteger;
  readonly hash: string;
  readonly key: string | null;
  readonly parent: string | null;
  readonly status: string;
  readonly paused: SqlInteger | boolean;
  /** JSON array of step names. */
  readonly cursor: string;
  readonly revision: SqlInteger;
  readonly state: string;
  readonly due_at: SqlInteger | null;
  readonly started_at: SqlInteger;
  readonly updated_at: SqlInteger;
  readonly token: string;
}

export function sagaValues(row: SagaRow, codec: StoreCodec): SqlValue[] {
  return [
    row.id,
    row.type,
    row.version,
    row.hash,
    row.key ?? null,
    row.parent ?? null,
    row.status,
    row.paused ? 1 : 0,
    JSON.stringify(row.cursor),
    row.revision,
    codec.encode(stateText(row)),
    row.dueAt ?? null,
    row.startedAt,
    row.updatedAt,
    row.token,
  ];
}

export function sagaRow(record: SagaRecord, codec: StoreCodec): SagaRow {
  return {
    id: record.id,
    type: record.type,
    version: Number(record.version),
    hash: record.hash,
    ...(record.key === null ? undefined : { key: record.key }),
    ...(record.parent === null ? undefined : { parent: record.parent }),
    status: record.status as SagaStatus,
    paused: Boolean(record.paused),
    cursor: JSON.parse(record.cursor),
    revision: Number(record.revision),
    ...readState(record.state, codec),
    ...(record.due_at === null ? undefined : { dueAt: Number(record.due_at) }),
    startedAt: Number(record.started_at),
    updatedAt: Number(record.updated_at),
    token: record.token,
  };
}

/** One saga that cannot be read keeps nobody from the others. */
function readState(stored: string, codec: StoreCodec): Pick<SagaRow, "state" | "unreadable"> {
  if (stored === noState) return { state: null };
  try {
    return { state: parseJsonText(codec.decode(stored)) };
  } catch (error) {
    return { state: null, unreadable: messageOf(error) };
  }
}

/** What a transition has written into the history of its saga. */
export interface HistoryRecord {
  readonly saga_id: string;
  /** Of the first line. */
  readonly seq: SqlInteger;
  /** JSON array of the lines. */
  readonly lines: string;
}

/** The row of a transition's lines, in the order of {@link HistoryRecord}; none when it has no lines. */
export function historyValues(sagaId: string, lines: readonly HistoryRow[], codec: StoreCodec): SqlValue[][] {
  const [first] = lines;
  if (!first) return [];
  return [[sagaId, first.seq, codec.encode(jsonText(lines, `history of saga ${sagaId}`))]];
}

/**
 * @param records in the order of their numbers
 * @throws SagaspecError `store-unavailable` when one of them cannot be read
 */
export function historyRows(records: readonly HistoryRecord[], codec: StoreCodec): HistoryRow[] {
  return records.flatMap(({ saga_id, lines }) => {
    try {
      return parseJsonText(codec.decode(lines)) as unknown as HistoryRow[];
    } catch (cause) {
      const text = `saga ${saga_id}: its history cannot be read (${messageOf(cause)})`;
      throw new SagaspecError("store-unavailable", `${text}; give the store the codec that wrote it`, { cause });
    }
  });
}

/** Key, saga, effect, when it was touched, and until when it is leased (0 for everything but runs). */
export function effectValues(sagaId: string, effect: Effect, now: number, codec: StoreCodec): SqlValue[] {
  const text = codec.encode(jsonText(effect, `an effect of saga ${sagaId}`));
  return [effectKey(effect), sagaId, text, now, effect.type === "run" ? effect.leaseUntil : 0];
}

export interface EventRecord {
  readonly channel: string;
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly payload: string;
  readonly at: SqlInteger;
}

/** In the order of {@link EventRecord}. */
export function eventValues(event: EventRow, codec: StoreCodec): SqlValue[] {
  const payload = codec.encode(jsonText(event.payload, `event ${event.name} ${event.id}`));
  return [event.channel, event.key, event.id, event.name, payload, event.at];
}

export function eventRow(record: EventRecord, codec: StoreCodec): EventRow {
  return {
    channel: record.channel,
    key: record.key,
    id: record.id,
    name: record.name,
    payload: parseJsonText(codec.decode(record.payload)),
    at: Number(record.at),
  };
}
