/** Cron expressions of five fields, in UTC or in a time zone. */
import { SagaspecError } from "../../core/errors.js";
import { type TimeZone, timeZoneOf } from "./time-zone.js";

/** The minutes at which something is to happen. */
export interface Cron {
  /** The latest tick that is not later than this time. Undefined when there was none within eight years. */
  previous(ms: number): number | undefined;
  /** The first tick after this time. Undefined when there is none within eight years. */
  next(ms: number): number | undefined;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
// The 29th of February comes every four years, and not in 2100.
const longestGapDays = 8 * 366;

const fields = [
  { name: "minute", min: 0, max: 59, names: [] },
  { name: "hour", min: 0, max: 23, names: [] },
  { name: "day of month", min: 1, max: 31, names: [] },
  {
    name: "month",
    min: 1,
    max: 12,
    names: ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
  },
  { name: "day of week", min: 0, max: 7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
] as const;

/**
 * Reads an expression: `*`, numbers, names, ranges `1-5`, lists `1,5` and steps `*\/15`; Sunday is 0 or 7. With both a day
 * of the month and a day of the week, either will do. In a time zone the fields are those of the clock on the wall there:
 * - in an hour that clocks pass over, a tick happens at the moment when they do; where the hour is `*` there is none
 * - in an hour that clocks show twice, a tick happens the first time; where the hour is `*` both times
 * @param timeZone a name of the IANA database, as `Europe/Berlin` @default "UTC"
 * @throws SagaspecError `invalid-definition`
 * @example parseCron("0 6 * * MON-FRI", "Europe/Berlin").next(Date.now())
 */
export function parseCron(expression: string, timeZone = "UTC"): Cron {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== fields.length) throw invalid(expression, `it has ${parts.length} fields instead of 5`);
  const [minutes, hours, days, months, weekdays] = parts.map((part, index) => valuesOf(expression, part, index)) as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ];
  if (weekdays.has(7)) weekdays.add(0);
  const anyDay = parts[2]?.startsWith("*") || parts[4]?.startsWith("*");
  const isDay = (date: Date) => {
    const [byMonth, byWeek] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
    return months.has(date.getUTCMonth() + 1) && (anyDay ? byMonth && byWeek : byMonth || byWeek);
  };
  const times = [...hours]
    .sort(ascending)
    .flatMap((hour) => [...minutes].sort(ascending).map((minute) => (hour * 60 + minute) * minuteMs));
  const zone = timeZoneOf(timeZone);
  const ticksOf = (midnight: number) => ticksIn(zone, midnight, times, parts[1]?.startsWith("*") === true);
  return {
    next: (ms) => search(zone, ms, 1, isDay, (day) => ticksOf(day).find((at) => at > ms)),
    previous: (ms) => search(zone, ms, -1, isDay, (day) => ticksOf(day).findLast((at) => at <= ms)),
  };
}

/** The ticks of a day, in order. Midnight, like the times, is what the clock on the wall shows. */
function ticksIn(zone: TimeZone, midnight: number, times: readonly number[], everyHour: boolean): number[] {
  const usual = zone.constantOffset(midnight - dayMs, midnight + 2 * dayMs);
  if (usual !== undefined) return times.map((time) => midnight + time - usual);
  const ticks = times.flatMap((time) => {
    const { instants, passedOverAt } = zone.instantsOf(midnight + time);
    if (passedOverAt !== undefined) return everyHour ? [] : [passedOverAt];
    return everyHour ? instants : instants.slice(0, 1);
  });
  return [...new Set(ticks)].sort(ascending);
}

function search(
  zone: TimeZone,
  ms: number,
  direction: 1 | -1,
  isDay: (date: Date) => boolean,
  tickOf: (midnight: number) => number | undefined,
): number | undefined {
  const today = Math.floor((ms + zone.offsetAt(ms)) / dayMs) * dayMs;
  for (let day = 0; day < longestGapDays; day++) {
    const midnight = today + direction * day * dayMs;
    const tick = isDay(new Date(midnight)) ? tickOf(midnight) : undefined;
    if (tick !== undefined) return tick;
  }
  return undefined;
}

function valuesOf(expression: string, part: string, index: number): Set<number> {
  const values = new Set<number>();
  for (const item of part.split(",")) {
    const [, range = "", step = "1"] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? [];
    const [from, to] = boundsOf(range, index, item.includes("/"));
    if (from === undefined || to === undefined || from > to || Number(step) < 1) {
      throw invalid(expression, `"${item}" is no ${fields[index]?.name}`);
    }
    for (let value = from; value <= to; value += Number(step)) values.add(value);
  }
  return values;
}

function boundsOf(range: string, index: number, hasStep: boolean): readonly [number | undefined, number | undefined] {
  const field = fields[index];
  if (!field) return [undefined, undefined];
  // Seven is Sunday once more.
  if (range === "*") return [field.min, field.name === "day of week" ? 6 : field.max];
  const [first = "", last] = range.split("-");
  const from = numberIn(first, field);
  return [from, last === undefined ? (hasStep ? field.max : from) : numberIn(last, field)];
}

function numberIn(text: string, { names, min, max }: (typeof fields)[number]): number | undefined {
  const named = (names as readonly string[]).indexOf(text.toUpperCase());
  const value = text !== "" && named >= 0 ? named : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

function ascending(one: number, other: number): number {
  return one - other;
}

function invalid(expression: string, why: string): SagaspecError {
  const text = `cron "${expression}": ${why}; write minute, hour, day of month, month, day of week: "0 6 * * MON-FRI"`;
  return new SagaspecError("invalid-definition", text);
}
