/**
 * Makes one call of the calls of a turn: what is asked for until the running code yields goes into one batch.
 * `perform` answers one result an item, in order; what it throws rejects them all.
 */
export function gather<Item, Result>(
  perform: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let batch: Promise<readonly Result[]> | undefined;
  let items: Item[] = [];
  return async (item) => {
    const index = items.push(item) - 1;
    batch ??= Promise.resolve().then(() => {
      const all = items;
      items = [];
      batch = undefined;
      return perform(all);
    });
    return (await batch)[index] as Result;
  };
}
