import { randomFillSync } from "node:crypto";

const counterEnd = 0x1000;
let last = 0;
let counter = 0;

/**
 * A UUIDv7: sorts by `now`, the milliseconds in front; behind them, ids that this process makes within one millisecond
 * count up (RFC 9562, method 1), so that the first 4,096 of them sort as they were made. The rest is random; all of it
 * where `random`, a number in [0, 1), is to decide what else chance does.
 */
export function uuidv7(now: number, random?: () => number): string {
  if (random) return `${front(now)}${hex(random, 3)}-${hex(random, 4)}-${hex(random, 6)}${hex(random, 6)}`;
  counter = now === last ? (counter + 1) % counterEnd : 0;
  last = now;
  return `${front(now)}${counter.toString(16).padStart(3, "0")}-${tail()}`;
}

let frontOf = { now: 0, text: "" };

/** Time and version. Most ids are made in the same millisecond as the one before. */
function front(now: number): string {
  if (now !== frontOf.now || frontOf.text === "") {
    const time = now.toString(16).padStart(12, "0");
    frontOf = { now, text: `${time.slice(0, 8)}-${time.slice(8)}-7` };
  }
  return frontOf.text;
}

const pool = Buffer.alloc(4_096);
let used = pool.length;

/** Variant and 62 random bits. */
function tail(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool[used] = ((pool[used] as number) & 0x3f) | 0x80;
  const digits = pool.toString("hex", used, used + 8);
  used += 8;
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}

function hex(random: () => number, digits: number): string {
  return Math.floor(random() * 16 ** digits)
    .toString(16)
    .padStart(digits, "0");
}
