import { connect, createServer, type Socket } from "node:net";

/** A way to a server that can be cut, or fall silent, while it is used. */
export interface TcpProxy {
  /** The target's URL, but for host and port. */
  readonly url: string;
  /** Ends every connection with a reset. New ones are accepted. */
  cut(): void;
  /** Passes nothing on in either direction, and keeps every connection. */
  pause(): void;
  resume(): void;
  /** Ends the connections on this side only: the server does not notice, until it misses a sign of life. */
  leave(): void;
  /** The connections that there are pass nothing on any more, for good; new ones do. */
  mute(): void;
  /** How many connections are open. */
  connections(): number;
  close(): Promise<void>;
}

/** Listens on a free port of loopback and passes on to the host and port of `target`. */
export async function createTcpProxy(target: URL): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const muted = new Set<readonly [Socket, Socket]>();
  /** Of the server's ends: those whose clients are gone. */
  const left = new Set<Socket>();
  let paused = false;

  const server = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port || 5672), noDelay: true });
    near.setNoDelay(true);
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      if (left.has(far)) return;
      pairs.delete(pair);
      muted.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on("data", (chunk) => to.write(chunk));
      from.on("error", end).on("close", end);
    }
    if (paused) for (const socket of pair) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);

  function cut(): void {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  return {
    url: url.href,
    cut,
    pause() {
      paused = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    resume() {
      paused = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    leave() {
      for (const [near, far] of pairs) {
        left.add(far);
        far.pause();
        near.resetAndDestroy();
      }
      pairs.clear();
    },
    mute() {
      for (const pair of pairs) {
        for (const socket of pair) socket.pause();
        muted.add(pair);
      }
      pairs.clear();
    },
    connections: () => pairs.size,
    async close() {
      for (const pair of muted) pairs.add(pair);
      for (const far of left) far.destroy();
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
