import type { Source } from "../../messaging/transport.js";
import type { SagaStore } from "../store/saga-store.js";

/** What the queues are called that the workers of one service and store share, and how long they last. */
export interface Queues {
  /** Where replies arrive, unless their contract says otherwise. */
  readonly replies: Source;
  /** Added to a channel of a contract: the workers' queue for it. */
  readonly shared: { readonly group: string; readonly durable: true; readonly expiresMs?: number };
}

export function queuesOf(service: string, { name, queuesExpireMs }: SagaStore): Queues {
  const lasting = { durable: true, ...(queuesExpireMs !== undefined && { expiresMs: queuesExpireMs }) } as const;
  return {
    replies: { repliesOf: `${service}.replies.${name}`, ...lasting },
    shared: { group: `${service}.${name}`, ...lasting },
  };
}
