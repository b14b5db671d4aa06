/** From a history that fails to one that fails with as little misfortune as possible. */
import { type HistoryOptions, type Played, play } from "./history.js";

/** Reruns that are worth the while. */
const mostReruns = 300;

/**
 * Takes mishaps away, half of them first and single ones in the end, as long as the history fails without them. What is
 * left need not fail in the same words: the first promise that breaks counts.
 */
export async function shrink(options: HistoryOptions, failed: Played): Promise<Played> {
  let best = failed;
  let spare: ReadonlySet<string> = new Set();
  let reruns = 0;
  for (let size = Math.ceil(best.mishaps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.mishaps.length && reruns < mostReruns; reruns++) {
      const without = new Set([...spare, ...best.mishaps.slice(from, from + size).map(({ name }) => name)]);
      const played = await play({ ...options, spare: without });
      if (played.violation === undefined) from += size;
      else {
        best = played;
        spare = without;
      }
    }
  }
  return play({ ...options, spare, traced: true });
}
