/** Exchanges and queues on a channel: declared, or looked at. An error closes the channel that met it. */
import { messageOf, SagaspecError } from "../../core/errors.js";
import { withTimeout } from "../../core/timing.js";
import type { AmqpChannel, AmqpConnection, QueueOptions } from "./driver.js";
import type { ReconnectingConnection } from "./reconnecting-connection.js";
import { deadQueue, type Exchange, type Queue } from "./topology.js";

export type TopologyMode = "declare" | "verify";

export async function declareExchange(channel: AmqpChannel, exchange: Exchange, mode: TopologyMode): Promise<void> {
  const { name, type, options } = exchange;
  await explained(`exchange "${name}"`, { type, ...options }, mode, () =>
    mode === "declare" ? channel.assertExchange(name, type, options) : channel.checkExchange(name),
  );
}

export async function declareQueue(
  channel: AmqpChannel,
  queue: { readonly name: string; readonly options: QueueOptions },
  mode: TopologyMode,
): Promise<void> {
  await explained(`queue "${queue.name}"`, queue.options, mode, () =>
    mode === "declare" ? channel.assertQueue(queue.name, queue.options) : channel.checkQueue(queue.name),
  );
}

/** Everything that must exist before `queue` can be consumed. Private queues are declared in any mode. */
export async function declareSource(channel: AmqpChannel, queue: Queue, mode: TopologyMode): Promise<void> {
  const { exchange, pattern } = queue;
  if (exchange && !exchange.name.startsWith("amq.")) await declareExchange(channel, exchange, mode);
  const own = queue.options.exclusive === true;
  await declareQueue(channel, queue, own ? "declare" : mode);
  if (exchange && pattern !== undefined && (own || mode === "declare")) {
    await channel.bindQueue(queue.name, exchange.name, pattern);
  }
}

/** Runs `work` on a channel of its own, so that a mistake closes nobody else's. */
export async function onChannel<T>(
  link: ReconnectingConnection,
  work: (channel: AmqpChannel) => Promise<T>,
): Promise<T> {
  const connection = await link.connection();
  return withTimeout(throughChannel(connection, work), { ms: link.answerMs, late: link.silent });
}

async function throughChannel<T>(connection: AmqpConnection, work: (channel: AmqpChannel) => Promise<T>): Promise<T> {
  const channel = await connection.createChannel();
  // The error reaches `work` as the answer to its call.
  channel.on("error", () => undefined);
  try {
    return await work(channel);
  } finally {
    await channel.close().catch(() => undefined);
  }
}

/** What `declareSource` would do, in words. */
export function planOf(queue: Queue): string[] {
  const { exchange, pattern, options, family } = queue;
  const lines: string[] = [];
  if (exchange)
    lines.push(`exchange ${exchange.name} (${exchange.type}${exchange.options.durable ? ", durable" : ""})`);
  lines.push(`queue ${queue.name} (${kindOf(options)})`);
  if (exchange && pattern !== undefined) lines.push(`binding ${exchange.name} -> ${queue.name} by ${pattern}`);
  if (family !== undefined && !queue.transient)
    lines.push(`queue ${family}.retry.<delay> (quorum, durable, as retries need it)`);
  if (family !== undefined) lines.push(`queue ${deadQueue(family).name} (quorum, durable)`);
  return lines;
}

function kindOf(options: QueueOptions): string {
  const type = options.arguments?.["x-queue-type"] ?? "classic";
  const flags = [options.durable && "durable", options.exclusive && "exclusive", options.autoDelete && "auto-delete"];
  return [type, ...flags.filter(Boolean)].join(", ");
}

const notFound = 404;
const locked = 405;
const refused = 403;
const different = 406;

/** Whether another connection owns the exclusive queue of this name. */
export function isLocked(error: unknown): boolean {
  return codeOf(error instanceof SagaspecError ? error.cause : error) === locked;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

async function explained(
  what: string,
  wanted: object,
  mode: TopologyMode,
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    await call();
  } catch (cause) {
    const said = reasons[String(codeOf(cause))];
    if (said === undefined) throw cause;
    const reason = messageOf(cause);
    throw new SagaspecError("topology-mismatch", `${what}: ${said(JSON.stringify(wanted), mode)} (${reason})`, {
      cause,
    });
  }
}

const reasons: { readonly [code: string]: (wanted: string, mode: TopologyMode) => string } = {
  [notFound]: () => 'it does not exist on the broker; create it, or prepare the transport with "declare"',
  [locked]: () => "it is exclusive to another connection; give it another name",
  [refused]: (wanted) =>
    `the broker refuses it for this user, wanted ${wanted}; grant the permission, or use topology "verify"`,
  [different]: (wanted) =>
    `it exists with other arguments than ${wanted}; delete it, or write its arguments into the channel's amqp binding`,
};
