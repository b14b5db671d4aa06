import { randomUUID } from "node:crypto";

const counterEnd = 0x1000;
let last = 0;
let counter = 0;

/**
 * A UUIDv7: sorts by `now`, the milliseconds in front; behind them, ids that this process makes within one millisecond
 * count up (RFC 9562, method 1), so that the first 4,096 of them sort as they were made. The rest is random.
 */
export function uuidv7(now: number): string {
  counter = now === last ? (counter + 1) % counterEnd : 0;
  last = now;
  const time = now.toString(16).padStart(12, "0");
  const count = counter.toString(16).padStart(3, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}${randomUUID().slice(18)}`;
}
