import { Socket } from "node:net";
import { messageOf, SagaspecError } from "../../core/errors.js";
import { backoffMs, pause, valueWithin, withTimeout } from "../../core/timing.js";
import type { AmqpContext } from "./context.js";
import type { AmqpConnection } from "./driver.js";

/** One connection that is made on first use, and made again whenever it is lost. */
export interface ReconnectingConnection {
  /**
   * The live connection. While it is lost, waits for the next one; before the first, gives up after `connectAttempts`.
   * @throws SagaspecError `transport-unavailable`, `transport-closed`
   */
  connection(): Promise<AmqpConnection>;
  /** Lets the socket gather what is written in this turn of the event loop, and write it in as few packets as it takes. */
  corkSocket(): void;
  /**
   * Whether the broker takes no messages, because it is short of memory or disk. It says so only to a connection that
   * sends, and reads nothing more from that one until it is over.
   */
  isBlocked(): boolean;
  /**
   * The answer to a call on the connection. RabbitMQ may never answer one that is made while it starts: after the connect
   * timeout the connection is dropped, and the call rejects.
   */
  answer<T>(call: Promise<T>): Promise<T>;
  /** What the broker said when it closed the last connection that is closed; undefined when the network was lost. */
  closedBy(): Error | undefined;
  /** Aborted when the connection is closed for good. */
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

const closeTimeoutMs = 2_000;

export function createReconnectingConnection(context: AmqpContext): ReconnectingConnection {
  const { driver, connectTimeoutMs, connectAttempts, heartbeatMs, reconnectMaxMs, warn } = context;
  const closing = new AbortController();
  let hasConnected = false;
  let live: { connection: AmqpConnection; cork: () => void; isBlocked: boolean } | undefined;
  let connecting: Promise<AmqpConnection> | undefined;
  let closedBy: Error | undefined;

  async function connect(): Promise<AmqpConnection> {
    for (let attempt = 0; ; attempt++) {
      if (closing.signal.aborted) throw closedError();
      let url: string | undefined;
      try {
        const target = await context.target(attempt);
        url = target.url;
        const connection = await driver.connect(withHeartbeat(url, heartbeatMs), {
          noDelay: true,
          keepAlive: true,
          timeout: connectTimeoutMs,
          // Room for a whole batch in one write.
          highWaterMark: 1 << 20,
          ...target.socketOptions,
        });
        adopt(connection);
        return connection;
      } catch (error) {
        const failure = unavailable(url, attempt + 1, error);
        if (hasConnected) warn(failure);
        else if (attempt + 1 >= connectAttempts) throw failure;
        await pause(backoffMs(attempt, { maxMs: reconnectMaxMs }), closing.signal);
      }
    }
  }

  function adopt(connection: AmqpConnection): void {
    hasConnected = true;
    const socket = socketOf(connection);
    const adopted = { connection, cork: corkedUntilWritten(socket), isBlocked: false };
    live = adopted;
    closedBy = undefined;
    connection.on("blocked", (reason) => {
      adopted.isBlocked = true;
      warn(new Error(`the broker takes no messages: ${reason}`));
    });
    connection.on("unblocked", () => {
      adopted.isBlocked = false;
    });
    connection.on("error", (error) => {
      if ("code" in error && typeof error.code === "number") closedBy = error;
      warn(error);
      // A peer that is silent never answers our FIN: without this the socket, and the process, would stay.
      setImmediate(() => socket?.destroy());
    });
    connection.on("close", () => {
      if (live === adopted) live = undefined;
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

  function noAnswer(): Error {
    if (live) socketOf(live.connection)?.destroy(new Error("the broker does not answer"));
    return new Error(`the broker did not answer within ${connectTimeoutMs} ms`);
  }

  return {
    signal: closing.signal,
    corkSocket: () => live?.cork(),
    isBlocked: () => live?.isBlocked ?? false,
    answer: (call) => withTimeout(call, { ms: connectTimeoutMs, late: noAnswer }),
    closedBy: () => closedBy,
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

// amqplib keeps the socket under `connection.stream`. With another driver the packets are smaller, nothing else.
function socketOf(connection: AmqpConnection): Socket | undefined {
  const inner: unknown = Reflect.get(connection, "connection");
  const stream: unknown = typeof inner === "object" && inner !== null ? Reflect.get(inner, "stream") : undefined;
  return stream instanceof Socket ? stream : undefined;
}

// amqplib moves frames to the socket in a `setImmediate` that it asks for on the next tick: one asked for after that
// tick runs after it, when everything that this turn has written is in the socket.
function corkedUntilWritten(socket: Socket | undefined): () => void {
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

function unavailable(url: string | undefined, attempts: number, cause: unknown): SagaspecError {
  const reason = cause instanceof Error ? cause.message || cause.name : messageOf(cause);
  const where = url === undefined ? "amqp" : hostOf(url);
  const text = `${where}: no AMQP connection after ${attempts} attempts (${reason}); ${adviceFor(reason, url)}`;
  return new SagaspecError("transport-unavailable", text, { cause, retryable: true });
}

function adviceFor(reason: string, url: string | undefined): string {
  if (url === undefined) return "the function that gives the URL, credentials or socket options failed";
  // amqplib waits for the answer to `connection.open`, which names the virtual host, and gets the end of the connection.
  if (reason.includes("ConnectionOpenOk")) {
    const vhost = decodeURIComponent(new URL(url).pathname.slice(1)) || "/";
    return `the virtual host "${vhost}" does not exist, or this user may not use it: check the path of the URL`;
  }
  if (/ACCESS[-_]REFUSED/.test(reason)) return "check user and password";
  return "check that the broker runs and the URL is right";
}

/** What everything answers once the transport is closed. */
export function closedError(): SagaspecError {
  return new SagaspecError("transport-closed", "amqp: the transport is closed; create another one");
}
