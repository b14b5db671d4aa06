/** The transport's own server: for whoever mounts it nowhere. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf, SagaspecError } from "../../core/errors.js";
import type { HttpContext } from "./context.js";
import type { Listener } from "./listener.js";

export interface HttpListenOptions {
  /** 0: any free one. */
  readonly port: number;
  /** @default all interfaces */
  readonly host?: string;
  /** How long an unused connection is kept: longer than a proxy in front keeps it, which else answers 502. @default "65s" */
  readonly keepAlive?: number | `${number}s` | `${number}ms` | `${number}m`;
}

export interface OwnServer {
  readonly url: string;
  /** Takes no more connections, lets what is under way end, at most so long, and closes the rest. */
  close(withinMs: number): Promise<void>;
}

/** @throws SagaspecError `transport-unavailable` when the port is taken, for example */
export async function startServer(
  { port, host }: HttpListenOptions,
  keepAliveMs: number,
  listener: Listener,
  context: HttpContext,
): Promise<OwnServer> {
  const server: Server = createServer(
    // Deadlines are ours: node's are checked every 30 s only.
    { keepAliveTimeout: keepAliveMs, requestTimeout: 0, headersTimeout: 20_000, connectionsCheckingInterval: 5_000 },
    (request, response) => listener.handle(request, response),
  );
  server.on("checkContinue", (request, response) => listener.handle(request, response, undefined, true));
  server.on("checkExpectation", (_request, response) => {
    response.writeHead(417, { connection: "close" });
    response.end();
  });
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      const text = `http: port ${port} cannot be listened at (${messageOf(error)}); choose another`;
      reject(new SagaspecError("transport-unavailable", text, { cause: error, retryable: true }));
    });
    server.listen(port, host, resolve);
  });
  server.on("error", (error) => context.report({ kind: "connection", reason: `http: ${messageOf(error)}`, error }));
  const { address, family, port: actual } = server.address() as AddressInfo;
  const name = address === "::" || address === "0.0.0.0" ? "localhost" : family === "IPv6" ? `[${address}]` : address;

  return {
    url: `http://${name}:${actual}`,
    async close(withinMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), withinMs);
      // A connection that has just been answered counts as idle a moment later.
      const again = setInterval(() => {
        if (listener.open() === 0) server.closeAllConnections();
        else server.closeIdleConnections();
      }, 20);
      await closed;
      clearTimeout(timer);
      clearInterval(again);
    },
  };
}
