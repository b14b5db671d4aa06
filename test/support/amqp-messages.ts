import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Endpoint, Incoming, Outgoing, Settlement } from "@sagaspec/runtime";

/** A message with nothing special about it. */
export function message(to: Outgoing["to"], more: Partial<Outgoing> = {}): Outgoing {
  return {
    id: randomUUID(),
    type: "ping",
    body: Buffer.from("{}"),
    contentType: "application/json",
    headers: {},
    sentAt: Date.now(),
    to,
    ...more,
  };
}

export function commands(address: string, more: Partial<Endpoint> = {}): Endpoint & { durable: boolean } {
  return { address, service: "kitchen", action: "receive", durable: true, ...more };
}

export function events(address: string, service: string, group?: string) {
  return { address, service, action: "send", durable: true, ...(group !== undefined && { group }) } as const;
}

/** A subscriber that remembers what came, and settles it as told. */
export function recorder(verdict: (incoming: Incoming) => Settlement | undefined = () => "ack") {
  const seen: Incoming[] = [];
  const batches: number[] = [];
  return {
    seen,
    batches,
    on(batch: readonly Incoming[]) {
      batches.push(batch.length);
      for (const incoming of batch) {
        seen.push(incoming);
        const said = verdict(incoming);
        if (said !== undefined) incoming.settle(said);
      }
    },
  };
}

/** Waits until `holds` does. */
export async function eventually(holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`still not after ${withinMs} ms: ${holds}`);
    await wait(10);
  }
}
