/**
 * Makes one call of many: what is asked for until the running code yields goes into one batch, and while `atATime`
 * batches are under way everything that comes waits for the next. Batches grow with the load, and nothing waits without.
 * `perform` answers one result an item, in order; what it throws rejects them all.
 */
export function createBatcher<Item, Result>(
  perform: (items: readonly Item[]) => Promise<readonly Result[]>,
  atATime: number = Number.POSITIVE_INFINITY,
): (item: Item) => Promise<Result> {
  let next: { readonly items: Item[]; readonly results: Promise<readonly Result[]> } | undefined;
  let underWay = 0;
  let go: (() => void) | undefined;

  function open() {
    const items: Item[] = [];
    const turn = underWay < atATime ? Promise.resolve() : new Promise<void>((resolve) => (go = resolve));
    const results = turn.then(async () => {
      next = undefined;
      underWay += 1;
      try {
        return await perform(items);
      } finally {
        underWay -= 1;
        go?.();
        go = undefined;
      }
    });
    return { items, results };
  }

  return async (item) => {
    next ??= open();
    const { items, results } = next;
    const index = items.push(item) - 1;
    return (await results)[index] as Result;
  };
}
