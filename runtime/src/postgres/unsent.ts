/**
 * Messages that a transition has opened stand in the row of their saga: it is written anyway, and most of them are
 * answered by its next transition. A row of their own for each would be inserted and deleted for every step. The other
 * effects, which are leased, left by others or lasting, have one.
 */
import type { Effect } from "../saga/effects.js";
import { effectKey } from "../saga/ids.js";
import type { Commit } from "../saga/store.js";
import { jsonText, type StoreCodec } from "../saga/stored-json.js";
import { joinedKeys } from "./columns.js";

export function isUnsent(effect: Effect): boolean {
  return effect.type === "send";
}

/** JSON: by key of the effect, when it was opened, and the effect itself as the codec has it. */
export function unsentValue({ row, open }: Commit, codec: StoreCodec): string {
  // Put together by hand: an object with keys of its own each time takes three times as long to build and to write.
  const entries = open.filter(isUnsent).map((effect) => {
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
