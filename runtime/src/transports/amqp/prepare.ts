import { SagaspecError } from "../../core/errors.js";
import type { Source } from "../../messaging/transport.js";
import { declareExchange, declareQueue, declareSource, onChannel, planOf } from "./declare.js";
import type { ReconnectingConnection } from "./reconnecting-connection.js";
import { deadQueue, type Queue, queueOf } from "./topology.js";

/** Declares or verifies what the sources need, or says what that is: one line a thing. Private queues are left to their owners. */
export async function prepare(
  link: ReconnectingConnection,
  sources: readonly Source[],
  mode: "declare" | "verify" | "plan",
): Promise<readonly string[]> {
  const queues = sources.map(queueOf);
  if (mode === "declare") for (const queue of queues) await declare(link, queue);
  const missing = mode === "verify" ? await missingOf(link, queues) : [];
  if (missing.length > 0) throw new SagaspecError("topology-mismatch", missing.join("\n"));
  return Array.from(new Set(queues.flatMap(planOf)));
}

async function declare(link: ReconnectingConnection, queue: Queue): Promise<void> {
  const { exchange, family, transient } = queue;
  await onChannel(link, async (channel) => {
    if (!transient) await declareSource(channel, queue, "declare");
    else if (exchange) await declareExchange(channel, exchange, "declare");
    if (family !== undefined && !transient) await declareQueue(channel, deadQueue(family), "declare");
  });
}

async function missingOf(link: ReconnectingConnection, queues: readonly Queue[]): Promise<string[]> {
  const problems: string[] = [];
  for (const queue of queues) {
    const { exchange, family, transient } = queue;
    // A channel for each look: the broker closes it over what it does not find.
    if (exchange) await collect(problems, () => onChannel(link, (on) => declareExchange(on, exchange, "verify")));
    if (transient) continue;
    await collect(problems, () => onChannel(link, (on) => declareQueue(on, queue, "verify")));
    if (family === undefined) continue;
    await collect(problems, () => onChannel(link, (on) => declareQueue(on, deadQueue(family), "verify")));
  }
  return problems;
}

async function collect(problems: string[], look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof SagaspecError) || error.code !== "topology-mismatch") throw error;
    problems.push(error.message.replace("[topology-mismatch] ", ""));
  }
}
