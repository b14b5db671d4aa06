/** A line on stderr that says how far something is, redrawn in place. */

const redrawMs = 100;
const clearLine = "\r\u001b[2K";

export interface Progress {
  /** Draws the line, unless it was drawn a moment ago. */
  show(line: () => string): void;
  /** Takes the line away. */
  end(): void;
}

/** Draws on a terminal; does nothing on a pipe, in a file, on a dumb terminal or in CI, unless told to. */
export function createProgress(isWanted: boolean | undefined): Progress {
  const { isTTY } = process.stderr;
  const { CI, TERM } = process.env;
  const isPossible = isTTY && TERM !== "dumb" && (CI === undefined || CI === "" || CI === "false");
  if (!(isWanted ?? isPossible)) return { show: () => {}, end: () => {} };
  let drawnAt = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  return {
    show(line) {
      const now = performance.now();
      if (now - drawnAt < redrawMs) return;
      drawnAt = now;
      isDrawn = true;
      process.stderr.write(clearLine + line().slice(0, (process.stderr.columns ?? 80) - 1));
    },
    end() {
      if (isDrawn) process.stderr.write(clearLine);
      isDrawn = false;
    },
  };
}
