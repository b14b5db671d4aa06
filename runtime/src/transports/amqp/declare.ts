/** Exchanges and queues on a channel: declared, or looked at. An error closes the channel that met it. */
import { messageOf, SagaspecError } from "../../core/errors.js";
import type { Source } from "../../messaging/transport.js";
import type { TopologyMode } from "./context.js";
import type { AmqpChannel, QueueOptions } from "./driver.js";
import type { ReconnectingConnection } from "./reconnecting-connection.js";
import { deadQueue, type Exchange, type Queue, queueOf } from "./topology.js";

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

/** Runs `work` on a channel of its own, so that a mistake closes no other. */
export async function onChannel<T>(
  connection: ReconnectingConnection,
  work: (channel: AmqpChannel) => Promise<T>,
): Promise<T> {
  const open = await connection.connection();
  const throughChannel = async () => {
    const channel = await open.createChannel();
    // The error reaches `work` as the answer to its call.
    channel.on("error", () => undefined);
    try {
      return await work(channel);
    } finally {
      await channel.close().catch(() => undefined);
    }
  };
  return connection.answer(throughChannel());
}

/**
 * Declares or verifies what the sources need, or says what that is: one line a thing. Private queues are left to their
 * owners.
 */
export async function prepare(
  connection: ReconnectingConnection,
  sources: readonly Source[],
  mode: "declare" | "verify" | "plan",
): Promise<readonly string[]> {
  const queues = sources.map(queueOf);
  if (mode === "declare") for (const queue of queues) await declareAll(connection, queue);
  const missing = mode === "verify" ? await missingOf(connection, queues) : [];
  if (missing.length > 0) throw new SagaspecError("topology-mismatch", missing.join("\n"));
  return Array.from(new Set(queues.flatMap(planOf)));
}

async function declareAll(connection: ReconnectingConnection, queue: Queue): Promise<void> {
  const { exchange, baseName, isTransient } = queue;
  try {
    await onChannel(connection, async (channel) => {
      if (!isTransient) await declareSource(channel, queue, "declare");
      else if (exchange) await declareExchange(channel, exchange, "declare");
      if (baseName !== undefined && !isTransient) await declareQueue(channel, deadQueue(baseName), "declare");
    });
  } catch (error) {
    const older = queueAsBefore(queue, error);
    if (!older) throw error;
    await declareAll(connection, older);
  }
}

async function missingOf(connection: ReconnectingConnection, queues: readonly Queue[]): Promise<string[]> {
  const problems: string[] = [];
  for (const queue of queues) {
    const { exchange, baseName, isTransient } = queue;
    // A channel for each look: the broker closes it over what it does not find.
    if (exchange) await collect(problems, () => onChannel(connection, (on) => declareExchange(on, exchange, "verify")));
    if (isTransient) continue;
    await collect(problems, () => onChannel(connection, (on) => declareQueue(on, queue, "verify")));
    if (baseName === undefined) continue;
    await collect(problems, () => onChannel(connection, (on) => declareQueue(on, deadQueue(baseName), "verify")));
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

/** What `declareSource` would do, in words. */
function planOf(queue: Queue): string[] {
  const { exchange, pattern, options, baseName } = queue;
  const lines: string[] = [];
  if (exchange)
    lines.push(`exchange ${exchange.name} (${exchange.type}${exchange.options.durable ? ", durable" : ""})`);
  lines.push(`queue ${queue.name} (${kindOf(options)})`);
  if (exchange && pattern !== undefined) lines.push(`binding ${exchange.name} -> ${queue.name} by ${pattern}`);
  if (baseName !== undefined && !queue.isTransient)
    lines.push(`queue ${baseName}.retry.<delay> (quorum, durable, as retries need it)`);
  if (baseName !== undefined) lines.push(`queue ${deadQueue(baseName).name} (quorum, durable)`);
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

/** Whether the broker has the queue with other arguments. */
export function isDifferent(error: unknown): boolean {
  return codeOf(error instanceof SagaspecError ? error.cause : error) === different;
}

/** The queue as version 0.1 declared it, where the broker may still have it so; undefined for any other error. */
export function queueAsBefore(queue: Queue, error: unknown): Queue | undefined {
  const { optionsBefore, ...rest } = queue;
  return optionsBefore && isDifferent(error) ? { ...rest, options: optionsBefore } : undefined;
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
