/** SQL: the server's clock in milliseconds since 1970, the one by which every worker judges what is due. */
export const nowMs = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

/**
 * Timers are indexed by slots of 16 s: a step that ends soon leaves the index of its saga alone, which halves what a
 * transition writes.
 */
export const slotBits = 14;
