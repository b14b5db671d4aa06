import { randomUUID } from "node:crypto";

const counterEnd = 0x1000;
let last = 0;
let counter = 0;

/**
 * A UUIDv7: sorts by `now`, the milliseconds in front; behind them, ids that this process makes within one millisecond
 * count up (RFC 9562, method 1), so that the first 4,096 of them sort as they were made. The rest is random; all of it
 * where `random`, a number in [0, 1), is to decide what else chance does.
 */
export function uuidv7(now: number, random?: () => number): string {
  if (random) return join(now, hex(random, 3), `-${hex(random, 4)}-${hex(random, 6)}${hex(random, 6)}`);
  counter = now === last ? (counter + 1) % counterEnd : 0;
  last = now;
  return join(now, counter.toString(16).padStart(3, "0"), randomUUID().slice(18));
}

function join(now: number, count: string, rest: string): string {
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}${rest}`;
}

function hex(random: () => number, digits: number): string {
  return Math.floor(random() * 16 ** digits)
    .toString(16)
    .padStart(digits, "0");
}
