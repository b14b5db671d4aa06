import { effectKey } from "../../saga/store/ids.js";
import type { Commit } from "../../saga/store/saga-store.js";
import type { StoreCodec } from "../../saga/store/stored-json.js";
import { effectValues, historyValues, type SqlValue, sagaValues } from "../sql/saga-record.js";
import { arrayOf, columnsOf, joinedJson } from "./columns.js";
import { commitParts, type Part } from "./commit-function.js";

/** A transition with its saga's columns: what is no JSON, or too much of it, has been found. */
export interface EncodedCommit {
  readonly commit: Commit;
  readonly saga: readonly SqlValue[];
}

/** @throws SagaspecError for a state that cannot be stored. */
export function encodeCommit(commit: Commit, codec: StoreCodec): EncodedCommit {
  return { commit, saga: [...sagaValues(commit.row, codec), commit.expected] };
}

/** The values of a commit. Sagas of the batch differ. @throws SagaspecError for data that is no JSON */
export function commitValues(
  batch: readonly EncodedCommit[],
  confirmed: readonly string[],
  codec: StoreCodec,
): string[] {
  const { saga, history, effect, closed, key } = commitParts;
  const opened = new Map<string, SqlValue[]>();
  const asked = new Map<string, (SqlValue | boolean)[]>();
  const records: SqlValue[][] = [];
  const over: string[][] = [];
  for (const { commit } of batch) {
    const { id } = commit.row;
    for (const one of commit.open) {
      const [name = "", sagaId = "", text = "", , leaseUntil = 0] = effectValues(id, one, 0, codec);
      opened.set(effectKey(one), [name, sagaId, text, leaseUntil]);
    }
    records.push(...historyValues(id, commit.records, codec));
    for (const name of commit.closed) over.push([name, id]);
    for (const { channel, key, on } of commit.keys)
      asked.set(JSON.stringify([channel, key, id]), [channel, key, id, on]);
  }
  // One statement cannot delete a row and write it anew: what is opened stays.
  const isOver = (name: string) => !opened.has(name);
  return [
    ...valuesOf(
      saga,
      batch.map((one) => one.saga),
    ),
    ...valuesOf(history, records),
    ...valuesOf(effect, [...opened.values()]),
    ...valuesOf(
      closed,
      over.filter(([name = ""]) => isOver(name)),
    ),
    arrayOf(confirmed.filter(isOver)),
    ...valuesOf(key, [...asked.values()]),
  ];
}

function valuesOf({ types }: Part, rows: readonly (readonly unknown[])[]): string[] {
  return columnsOf(rows, types.length).map((values, column) =>
    types[column] === "json" ? joinedJson(values) : arrayOf(values),
  );
}
