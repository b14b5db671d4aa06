import { connect, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { KafkaConfig } from "./driver.js";

/** Opens the driver's sockets, and knows which of them lead to which broker. */
export interface Sockets {
  readonly factory: KafkaConfig["socketFactory"];
  /** Closes those to one broker, `host:port`: the driver would wait for ever for an answer over a silent one. */
  cut(broker: string): void;
}

export function createSockets(): Sockets {
  const open = new Map<string, Set<Socket>>();
  return {
    factory({ host, port, ssl, onConnect }) {
      const socket = ssl ? connectTls(tlsOptions(host, port, ssl), onConnect) : connect({ host, port }, onConnect);
      socket.setKeepAlive(true, 10_000);
      socket.setNoDelay(true);
      const broker = `${host}:${port}`;
      const others = open.get(broker) ?? new Set();
      open.set(broker, others.add(socket));
      socket.once("close", () => {
        others.delete(socket);
        if (others.size === 0 && open.get(broker) === others) open.delete(broker);
      });
      return socket;
    },
    cut(broker) {
      for (const socket of open.get(broker) ?? []) socket.destroy(new Error("the broker did not answer in time"));
    },
  };
}

function tlsOptions(host: string, port: number, ssl: ConnectionOptions): ConnectionOptions {
  return { host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl };
}
