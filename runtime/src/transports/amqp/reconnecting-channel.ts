import { messageOf, SagaspecError } from "../../core/errors.js";
import { backoffMs, pause, valueWithin } from "../../core/timing.js";
import type { AmqpContext } from "./context.js";
import type { AmqpChannel, AmqpConnection } from "./driver.js";
import { closedError, type ReconnectingConnection } from "./reconnecting-connection.js";

export interface ChannelUse<C extends AmqpChannel> {
  create(connection: AmqpConnection): Promise<C>;
  /** Prepares a fresh channel, before `channel()` gives it. */
  setUp(channel: C): Promise<void>;
  /** `channel()` gives the channel from now on. */
  ready(): void;
  /** The channel is gone: what was under way on it has no outcome. Answers whether to open the next one at once. */
  lost(): boolean;
}

/**
 * A channel that is opened again, with all that was set up on it, whenever it is closed from the other side.
 *
 * connecting: waits for the connection, creates and sets up a channel; an error of the first attempt is final
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
  { reconnectMaxMs, warn }: AmqpContext,
  connection: ReconnectingConnection,
  use: ChannelUse<C>,
): ReconnectingChannel<C> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, connection.signal]);
  let current: C | undefined;
  let closed: Promise<void> = Promise.resolve();

  async function open(): Promise<void> {
    const channel = await connection.answer(use.create(await connection.connection()));
    closed = new Promise((resolve) => {
      channel.on("close", () => {
        // An earlier channel may close late, when another one has taken its place.
        if (current === channel) current = undefined;
        resolve();
      });
    });
    // The reason why a channel was closed is the answer to the call that is open on it; without a listener it is thrown.
    channel.on("error", (error: Error) => {
      if (current === channel) warn(error);
    });
    try {
      await connection.answer(use.setUp(channel));
      if (signal.aborted) throw closedError();
    } catch (error) {
      await valueWithin(channel.close(), closeTimeoutMs);
      throw error;
    }
    current = channel;
    use.ready();
  }

  // What the broker says about the topology is final; a connection lost in the middle is not.
  async function openFirst(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await open();
      } catch (error) {
        if (error instanceof SagaspecError || signal.aborted) throw error;
        if (attempt + 1 >= firstAttempts) throw unstable(error);
        await pause(backoffMs(attempt, { maxMs: reconnectMaxMs }), signal);
      }
    }
  }

  async function keepOpen(): Promise<void> {
    for (let failures = 0; ; ) {
      const since = Date.now();
      await closed;
      let isAtOnce = use.lost();
      if (isAtOnce || Date.now() - since > reconnectMaxMs) failures = 0;
      for (let reopened = false; !reopened; isAtOnce = false) {
        const waited = isAtOnce || (await pause(backoffMs(failures++, { maxMs: reconnectMaxMs }), signal));
        if (!waited || signal.aborted) return;
        reopened = await open().then(
          () => true,
          (error: unknown) => {
            if (!signal.aborted) warn(error);
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
      if (current) void connection.answer(current.close()).catch(() => undefined);
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
