/** SQL: the server's clock in milliseconds since 1970, the one by which every worker judges what is due. */
export const nowMs = "(extract(epoch from clock_timestamp()) * 1000)::bigint";
