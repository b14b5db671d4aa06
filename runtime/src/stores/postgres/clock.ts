/** SQL: the server's clock in milliseconds since 1970, the one by which every worker judges what is due. */
export const nowMs = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

/** Timers are indexed by slots of 16 s, so that a step that ends soon leaves the entry of its saga as it is. */
export const slotBits = 14;
