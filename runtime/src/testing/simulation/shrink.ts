/** Turns a history that fails into one that fails with as few faults as possible. */
import { type HistoryOptions, type PlayedHistory, play } from "./history.js";

const mostReruns = 400;

/**
 * Leaves out sagas and faults, half of them at first and single ones in the end, as long as the history fails without
 * them. It need not break the same promise.
 */
export async function shrink(
  options: HistoryOptions,
  failed: PlayedHistory,
  tried: (count: number) => void,
): Promise<PlayedHistory> {
  let best = failed;
  let excluded: ReadonlySet<string> = new Set();
  let reruns = 0;
  let size = Math.ceil(namesIn(best).length / 2);
  for (let isSmaller = true; size > 1 || isSmaller; size = Math.ceil(size / 2)) {
    isSmaller = false;
    for (let from = 0; from < namesIn(best).length && reruns < mostReruns; reruns++) {
      tried(reruns);
      const without = new Set([...excluded, ...namesIn(best).slice(from, from + size)]);
      const played = await play({ ...options, excluded: without });
      if (played.violation === undefined) from += size;
      else {
        best = played;
        excluded = without;
        isSmaller = true;
      }
    }
  }
  return play({ ...options, excluded, traced: true });
}

/** What may be left out. */
function namesIn({ starts, faults }: PlayedHistory): string[] {
  return [...starts, ...faults.map(({ name }) => name)];
}
