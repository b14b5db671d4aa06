import type { SagaStore } from "../store.js";

/** How long the queues of a store last. */
export function lastingFor({ queuesExpireMs }: Pick<SagaStore, "queuesExpireMs">): {
  readonly durable: true;
  readonly expiresMs?: number;
} {
  return { durable: true, ...(queuesExpireMs !== undefined && { expiresMs: queuesExpireMs }) };
}
