/** `"250ms"`, `"5s"`, `"2m"`, `"1h"`, `"7d"`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const unitMs: { readonly [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

// A thousand years: databases and dates hold any time that far away.
const longestMs = 31_557_600_000_000;

/**
 * Whole milliseconds of a duration, rounded; one above zero gives at least 1.
 * @throws RangeError for what is no duration, is negative, or is longer than a thousand years
 * @example durationMs("1.5s") // 1500
 */
export function durationMs(duration: Duration | number): number {
  const match = typeof duration === "string" ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) : undefined;
  const ms = match ? Number(match[1]) * (unitMs[match[2] ?? ""] ?? Number.NaN) : duration;
  if (typeof ms !== "number" || !(ms >= 0 && ms <= longestMs)) {
    throw new RangeError(`"${duration}" is no duration; write "250ms", "5s", "2m", "1h" or "7d", or milliseconds`);
  }
  return ms > 0 ? Math.max(1, Math.round(ms)) : 0;
}
