import { randomUUID } from "node:crypto";

/** A UUIDv7: sorts by `now`, the milliseconds in front; the rest is random. */
export function uuidv7(now: number): string {
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
