import { messageOf, SagaspecError } from "../../core/errors.js";
import { backoffMs, pause, valueWithin, withTimeout } from "../../core/timing.js";
import type { AmqpChannel, AmqpConnection } from "./driver.js";
import { closedError, type ReconnectingConnection } from "./reconnecting-connection.js";

export interface ReconnectingChannelOptions<C extends AmqpChannel> {
  readonly link: ReconnectingConnection;
  readonly reconnectMaxMs: number;
  create(connection: AmqpConnection): Promise<C>;
  /** Prepares a fresh channel, before anybody uses it. */
  setUp(channel: C): Promise<void>;
  /** `channel()` is there to be used. */
  ready(): void;
  /** The channel is gone: what was under way on it has no outcome. */
  lost(): void;
  /** A later attempt failed; another one follows. */
  warn(error: unknown): void;
}

/**
 * A channel that is opened again, with all that was set up on it, whenever it is closed from the other side.
 *
 * connecting: waits for the link, creates and sets up a channel; an error of the first attempt ends the session
 * open:       `channel()` is it, until it closes
 * waiting:    backs off, then connecting
 * stopped:    for good
 */
export interface ReconnectingChannel<C extends AmqpChannel> {
  /** Resolves when the channel is open for the first time. */
  readonly opened: Promise<void>;
  channel(): C | undefined;
  /** Gives this channel up and opens another one. */
  renew(): void;
  stop(): Promise<void>;
}

const closeTimeoutMs = 2_000;
const firstAttempts = 5;

export function createReconnectingChannel<C extends AmqpChannel>(
  options: ReconnectingChannelOptions<C>,
): ReconnectingChannel<C> {
  const stopping = new AbortController();
  const { link } = options;
  const signal = AbortSignal.any([stopping.signal, link.signal]);
  let current: C | undefined;
  let closed: Promise<void> = Promise.resolve();

  async function open(): Promise<void> {
    const connection = await link.connection();
    const channel = await inTime(options.create(connection));
    closed = new Promise((resolve) => {
      channel.on("close", () => {
        current = undefined;
        resolve();
      });
    });
    // The reason of a closed channel reaches whoever waits for an answer on it; without a listener it would be thrown.
    channel.on("error", (error: Error) => {
      if (current === channel) options.warn(error);
    });
    try {
      await inTime(options.setUp(channel));
      if (signal.aborted) throw closedError();
    } catch (error) {
      await valueWithin(channel.close(), closeTimeoutMs);
      throw error;
    }
    current = channel;
    options.ready();
  }

  // A channel that hangs cannot be closed either: only another connection helps.
  async function inTime<T>(call: Promise<T>): Promise<T> {
    return withTimeout(call, { ms: link.answerMs, late: link.silent });
  }

  // What the broker says about the topology is final; a connection lost in the middle is not.
  async function openFirst(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await open();
      } catch (error) {
        if (error instanceof SagaspecError || signal.aborted) throw error;
        if (attempt + 1 >= firstAttempts) throw unstable(error);
        await pause(backoffMs(attempt, { maxMs: options.reconnectMaxMs }), signal);
      }
    }
  }

  async function keepOpen(): Promise<void> {
    for (let failures = 0; ; ) {
      const since = Date.now();
      await closed;
      options.lost();
      if (Date.now() - since > options.reconnectMaxMs) failures = 0;
      for (let reopened = false; !reopened; ) {
        if (!(await pause(backoffMs(failures++, { maxMs: options.reconnectMaxMs }), signal))) return;
        reopened = await open().then(
          () => true,
          (error: unknown) => {
            if (!signal.aborted) options.warn(error);
            return false;
          },
        );
      }
    }
  }

  const opened = openFirst();
  const running = opened.then(keepOpen).catch(() => undefined);
  return {
    opened,
    channel: () => current,
    renew() {
      if (current) void inTime(current.close()).catch(() => undefined);
    },
    async stop() {
      stopping.abort();
      const channel = current;
      current = undefined;
      if (channel) await valueWithin(channel.close(), closeTimeoutMs);
      await valueWithin(running, closeTimeoutMs);
    },
  };
}

function unstable(cause: unknown): SagaspecError {
  const text = `amqp: no channel stayed open in ${firstAttempts} attempts (${messageOf(cause)}); look into the broker's log`;
  return new SagaspecError("transport-unavailable", text, { cause, retryable: true });
}
