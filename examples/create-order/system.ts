/** The four services together: in this process, or each in its own over a broker. */
import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Transport } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { type BrokerName, brokerNames, brokers } from "./brokers.js";
import { type Progress, startOrderService } from "./order-service.js";
import { participants } from "./participants.js";
import { type StoreName, stores } from "./stores/index.js";

export interface System {
  /** For callers of the services. */
  readonly transport: Transport;
  readonly progress: EventEmitter<{ progress: [Progress] }>;
  close(): Promise<void>;
}

export const transports: readonly ("memory" | BrokerName)[] = ["memory", ...brokerNames];

export interface SystemOptions {
  readonly transport: (typeof transports)[number];
  /** Where the order service keeps its orders and sagas. */
  readonly store: StoreName;
}

export function startSystem({ transport, store }: SystemOptions): Promise<System> {
  return transport === "memory" ? startHere(store) : startProcesses(transport, store);
}

async function startHere(store: StoreName): Promise<System> {
  const opened = await stores[store]();
  const transport = createMemoryTransport();
  const progress: System["progress"] = new EventEmitter();
  const servers = await Promise.all(Object.values(participants).map((start) => start(transport)));
  const orders = await startOrderService(transport, opened, (one) => progress.emit("progress", one));
  return {
    transport,
    progress,
    async close() {
      await orders.close();
      await Promise.all(servers.map((server) => server.close()));
      await transport.close();
    },
  };
}

async function startProcesses(broker: BrokerName, store: StoreName): Promise<System> {
  const transport = brokers[broker]();
  const progress: System["progress"] = new EventEmitter();
  const program = fileURLToPath(new URL("service.ts", import.meta.url));
  const children: ChildProcess[] = [];
  // One after the other, so that a broker that is not there is reported once.
  for (const name of [...Object.keys(participants), "order"]) {
    const child = fork(program, [name, broker, store]);
    children.push(child);
    await ready(child, name);
  }
  children.at(-1)?.on("message", (one: Progress) => progress.emit("progress", one));
  return {
    transport,
    progress,
    async close() {
      await Promise.all(children.map(stop));
      await transport.close();
    },
  };
}

async function ready(child: ChildProcess, name: string): Promise<void> {
  const exited = once(child, "exit").then(() => {
    throw new Error(`the ${name} service did not start`);
  });
  await Promise.race([once(child, "message", { signal: AbortSignal.timeout(30_000) }), exited]);
  exited.catch(() => {});
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit", { signal: AbortSignal.timeout(15_000) });
  child.disconnect();
  await exited;
}
