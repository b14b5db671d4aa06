/** What the clocks of a time zone show, by the IANA database that the JavaScript engine has. Times are milliseconds since 1970. */
import { SagaspecError } from "../../core/errors.js";

const dayMs = 86_400_000;
const minuteMs = 60_000;

export interface TimeZone {
  /** By how much the clocks are ahead of UTC at a moment. */
  offsetAt(ms: number): number;
  /** That offset, where it is the same at both ends of a time of a few days; undefined where it changes. */
  constantOffset(from: number, to: number): number | undefined;
  /**
   * The moments at which the clocks show a time: one, two where they are set back over it, none where they are set
   * forward over it, and then the moment at which they are. `shown` counts as if the clock on the wall showed UTC.
   */
  instantsOf(shown: number): { readonly instants: readonly number[]; readonly passedOverAt?: number };
}

const utc: TimeZone = {
  offsetAt: () => 0,
  constantOffset: () => 0,
  instantsOf: (shown) => ({ instants: [shown] }),
};

/**
 * @throws SagaspecError `invalid-definition` for a name that is not in the database
 * @example timeZoneOf("Europe/Berlin").offsetAt(Date.UTC(2026, 6, 1)) // 7_200_000
 */
export function timeZoneOf(name: string): TimeZone {
  if (name === "UTC") return utc;
  const format = formatOf(name);
  const offsetAt = (ms: number) => {
    const {
      year = 0,
      month = 1,
      day = 1,
      hour = 0,
      minute = 0,
      second = 0,
    } = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1_000) * 1_000;
  };
  return {
    offsetAt,
    constantOffset(from, to) {
      const offset = offsetAt(from);
      return offsetAt(to) === offset ? offset : undefined;
    },
    instantsOf(shown) {
      const [before, after] = [offsetAt(shown - dayMs), offsetAt(shown + dayMs)];
      const instants = [...new Set([shown - before, shown - after])].sort((one, other) => one - other);
      const real = instants.filter((at) => at + offsetAt(at) === shown);
      if (real.length > 0) return { instants: real };
      return { instants: [], passedOverAt: changeBetween(shown - after, shown - before, offsetAt) };
    },
  };
}

/** The first minute at which the offset is another one than at `from`. */
function changeBetween(from: number, to: number, offsetAt: (ms: number) => number): number {
  const offset = offsetAt(from);
  let [low, high] = [Math.floor(from / minuteMs), Math.ceil(to / minuteMs)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * minuteMs) === offset) low = middle;
    else high = middle;
  }
  return high * minuteMs;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric" } as const;
    const more = { minute: "numeric", second: "numeric", hourCycle: "h23" } as const;
    return new Intl.DateTimeFormat("en-US", { timeZone, ...fields, ...more });
  } catch {
    const text = `time zone "${timeZone}": it is not known; give a name of the IANA database, as "Europe/Berlin"`;
    throw new SagaspecError("invalid-definition", text);
  }
}
