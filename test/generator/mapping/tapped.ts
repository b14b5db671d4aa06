import type { Outgoing } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";

/** A memory transport, and everything that goes over it. */
export function tapped(): { transport: ReturnType<typeof createMemoryTransport>; sent: Outgoing[] } {
  const transport = createMemoryTransport();
  const sent: Outgoing[] = [];
  const send = transport.send.bind(transport);
  transport.send = (batch) => {
    sent.push(...batch);
    return send(batch);
  };
  return { transport, sent };
}

export function bodyOf({ body }: Outgoing): unknown {
  return JSON.parse(Buffer.from(body).toString("utf8"));
}
