/**
 * Messages that a transition has opened stand in the row of their saga: it is written anyway, and most of them are
 * answered by its next transition. A row of their own for each would be inserted and deleted for every step.
 * Other effects, which are leased, left by others or lasting, have one; and so have the messages of an `each`: of a
 * thousand items, every answer would write all that are open.
 */
import type { Effect } from "../saga/effects.js";
import { effectKey } from "../saga/ids.js";
import type { Commit } from "../saga/store.js";
import { jsonText, type StoreCodec } from "../saga/stored-json.js";
import { joinedKeys } from "./columns.js";

const ofItem = /\/\d+\/.+\/(?:do|undo)\/\d+$/;

/** Whether the effect stands in the row of its saga. */
export function isInRow({ type, id }: Effect): boolean {
  return type === "send" && !ofItem.test(id);
}

/** JSON: by key of the effect, when it was opened, and the effect itself as the codec has it. */
export function unsentValue({ row, open }: Commit, codec: StoreCodec): string {
  // By hand: an object with a new key each time takes twice as long (seen: 5 µs, not 2.5).
  const entries = open.filter(isInRow).map((effect) => {
    const text = codec.encode(jsonText(effect, `an effect of saga ${row.id}`));
    return `${JSON.stringify(effectKey(effect))}:[${row.updatedAt},${JSON.stringify(text)}]`;
  });
  return `{${entries.join(",")}}`;
}

/** Keys of effects as columns: ids of sagas, and for each its keys. */
export function keysBySaga(keys: readonly string[]): [ids: string[], keys: string[]] {
  const bySaga = new Map<string, string[]>();
  for (const key of keys) {
    const id = key.slice(0, key.indexOf("/"));
    const known = bySaga.get(id);
    if (known) known.push(key);
    else bySaga.set(id, [key]);
  }
  return [[...bySaga.keys()], Array.from(bySaga.values(), joinedKeys)];
}
