import { Socket } from "node:net";
import { SagaspecError } from "../../core/errors.js";
import { backoffMs, pause, valueWithin } from "../../core/timing.js";
import type { AmqpConnection, AmqpDriver } from "./driver.js";

export interface ReconnectingConnectionOptions {
  readonly driver: AmqpDriver;
  /** Tried in turn. */
  readonly urls: readonly string[];
  readonly heartbeatMs: number;
  readonly connectTimeoutMs: number;
  /** How often a broker that never answered is tried. */
  readonly connectAttempts: number;
  readonly reconnectMaxMs: number;
  readonly socketOptions: object;
  /** Told why a connection was lost, and of every attempt to have it back that failed. */
  warn(error: unknown): void;
}

/** One connection that is made on first use, and made again whenever it is lost. */
export interface ReconnectingConnection {
  /**
   * The live connection. While it is lost, waits for the next one; before the first, gives up after `connectAttempts`.
   * @throws SagaspecError `transport-unavailable`, `transport-closed`
   */
  connection(): Promise<AmqpConnection>;
  /** Gathers what is written in this turn of the event loop into as few packets as it takes. */
  gather(): void;
  /**
   * Whether the broker takes no messages: it is short of memory or disk. It says so to whoever sends, once he does, and
   * reads nothing more from him until it is over.
   */
  isBlocked(): boolean;
  /** Drops the live connection, on which the broker does not answer: RabbitMQ may never answer a call made while it starts. */
  silent(): Error;
  /** Longest wait for the answer to a call. */
  readonly answerMs: number;
  /** Aborted when the link is closed. */
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

const closeTimeoutMs = 2_000;

export function createReconnectingConnection(options: ReconnectingConnectionOptions): ReconnectingConnection {
  const closing = new AbortController();
  let reached = false;
  let live: { connection: AmqpConnection; gather: () => void; isBlocked: boolean } | undefined;
  let connecting: Promise<AmqpConnection> | undefined;

  async function connect(): Promise<AmqpConnection> {
    for (let attempt = 0; ; attempt++) {
      if (closing.signal.aborted) throw closedError();
      const url = options.urls[attempt % options.urls.length] ?? "";
      try {
        const connection = await options.driver.connect(withHeartbeat(url, options.heartbeatMs), {
          noDelay: true,
          keepAlive: true,
          timeout: options.connectTimeoutMs,
          // Room for a whole batch in one write.
          highWaterMark: 1 << 20,
          ...options.socketOptions,
        });
        adopt(connection);
        return connection;
      } catch (error) {
        const failure = unavailable(url, attempt + 1, error);
        if (reached) options.warn(failure);
        else if (attempt + 1 >= options.connectAttempts) throw failure;
        await pause(backoffMs(attempt, { maxMs: options.reconnectMaxMs }), closing.signal);
      }
    }
  }

  function adopt(connection: AmqpConnection): void {
    reached = true;
    const socket = socketOf(connection);
    const mine = { connection, gather: gatherer(socket), isBlocked: false };
    live = mine;
    connection.on("blocked", (reason) => {
      mine.isBlocked = true;
      options.warn(new Error(`the broker takes no messages: ${reason}`));
    });
    connection.on("unblocked", () => {
      mine.isBlocked = false;
    });
    connection.on("error", (error) => {
      options.warn(error);
      // A peer that is silent never answers our FIN: without this the socket, and the process, would stay.
      setImmediate(() => socket?.destroy());
    });
    connection.on("close", () => {
      if (live === mine) live = undefined;
    });
    if (closing.signal.aborted) void shut(connection);
  }

  async function shut(connection: AmqpConnection): Promise<void> {
    const socket = socketOf(connection);
    await valueWithin(connection.close(), closeTimeoutMs);
    if (!socket || socket.closed) return;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.destroy();
    await closed;
  }

  return {
    signal: closing.signal,
    answerMs: options.connectTimeoutMs,
    gather: () => live?.gather(),
    isBlocked: () => live?.isBlocked ?? false,
    silent() {
      const error = new Error(`the broker did not answer within ${options.connectTimeoutMs} ms`);
      if (live) socketOf(live.connection)?.destroy(error);
      return error;
    },
    async connection() {
      if (closing.signal.aborted) throw closedError();
      if (live) return live.connection;
      connecting ??= connect().finally(() => {
        connecting = undefined;
      });
      return connecting;
    },
    async close() {
      closing.abort();
      await valueWithin(connecting ?? Promise.resolve(undefined), closeTimeoutMs);
      if (live) await shut(live.connection);
    },
  };
}

// amqplib keeps the socket under `connection.stream`. A driver that does not loses the gathering, nothing else.
function socketOf(connection: AmqpConnection): Socket | undefined {
  const inner: unknown = Reflect.get(connection, "connection");
  const stream: unknown = typeof inner === "object" && inner !== null ? Reflect.get(inner, "stream") : undefined;
  return stream instanceof Socket ? stream : undefined;
}

// amqplib moves frames to the socket in a `setImmediate` that it asks for on the next tick: one asked for after that
// tick runs behind it, and sees everything that this turn has written.
function gatherer(socket: Socket | undefined): () => void {
  let corked = false;
  return () => {
    if (socket === undefined || corked) return;
    corked = true;
    socket.cork();
    process.nextTick(() =>
      setImmediate(() => {
        corked = false;
        socket.uncork();
      }),
    );
  };
}

function withHeartbeat(url: string, heartbeatMs: number): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has("heartbeat")) {
    parsed.searchParams.set("heartbeat", String(Math.ceil(heartbeatMs / 1_000)));
  }
  return parsed.href;
}

/** `host:port`: an address without its password. */
export function hostOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === "amqps:" ? 5671 : 5672)}`;
}

function unavailable(url: string, attempts: number, cause: unknown): SagaspecError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new SagaspecError(
    "transport-unavailable",
    `${hostOf(url)}: no AMQP connection after ${attempts} attempts (${reason}); check that the broker runs and the URL is right`,
    { cause, retryable: true },
  );
}

/** What everything answers once the transport is closed. */
export function closedError(): SagaspecError {
  return new SagaspecError("transport-closed", "amqp: the transport is closed; create another one");
}
