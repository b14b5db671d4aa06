/** From a history that fails to one that fails with as little misfortune as possible. */
import { type HistoryOptions, type Played, play } from "./history.js";

/** Reruns that are worth the while. */
const mostReruns = 400;

/**
 * Leaves sagas and mishaps out, half of them first and single ones in the end, as long as the history fails without
 * them. It need not fail in the same words: the first promise that breaks counts.
 */
export async function shrink(options: HistoryOptions, failed: Played): Promise<Played> {
  let best = failed;
  let spare: ReadonlySet<string> = new Set();
  let reruns = 0;
  let size = Math.ceil(namesIn(best).length / 2);
  for (let isSmaller = true; size > 1 || isSmaller; size = Math.ceil(size / 2)) {
    isSmaller = false;
    for (let from = 0; from < namesIn(best).length && reruns < mostReruns; reruns++) {
      const without = new Set([...spare, ...namesIn(best).slice(from, from + size)]);
      const played = await play({ ...options, spare: without });
      if (played.violation === undefined) from += size;
      else {
        best = played;
        spare = without;
        isSmaller = true;
      }
    }
  }
  return play({ ...options, spare, traced: true });
}

/** What may be left out. */
function namesIn({ sagas, mishaps }: Played): string[] {
  return [...sagas, ...mishaps.map(({ name }) => name)];
}
