/** Requests to other servers over kept connections: never more than the limit, never followed, never repeated. */
import { Agent, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { messageOf } from "../../core/errors.js";
import { readBody } from "./body.js";
import type { HttpContext } from "./context.js";

export interface RequestHead {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
}

/** What became of a request. */
export type Exchanged =
  | { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
  /** No connection came about: nobody has seen the request. */
  | { readonly notSent: true; readonly reason: string }
  /** It was written, or part of it, and there is no whole response. */
  | { readonly unknown: true; readonly reason: string };

export interface TlsOptions {
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly ca?: string | Buffer;
}

export interface Pool {
  /** Never rejects. `sent` is called once a connection has the request. */
  exchange(
    url: { readonly protocol: string; readonly hostname: string; readonly port: string; readonly path: string },
    head: RequestHead,
    body: Uint8Array,
    options: { readonly timeoutMs: number; readonly tls?: TlsOptions | undefined; readonly sent?: () => void },
  ): Promise<Exchanged>;
  /** Waits for what is under way, at most so long, and closes every connection. */
  close(withinMs: number): Promise<void>;
}

// A larger body waits for the server's word that it wants it.
const askFirstBytes = 256 * 1_024;
const askFirstMs = 1_000;
const mostIdentities = 32;

export function createPool(context: HttpContext): Pool {
  const { maxSockets, keepAliveMs, maxWaiting, connectMs, maxReplyBytes } = context;
  const settings = {
    keepAlive: true,
    maxSockets,
    maxFreeSockets: maxSockets,
    timeout: keepAliveMs,
    // Each of several addresses gets a fair time (Happy Eyeballs would give up after 250 ms).
    autoSelectFamilyAttemptTimeout: Math.min(2_000, connectMs),
  };
  const plain = new Agent(settings);
  const secure = new Map<string, SecureAgent>();
  let underWay = 0;
  let idle: (() => void) | undefined;

  function secureAgent(tls: TlsOptions | undefined): SecureAgent {
    const { cert = "", key = "", passphrase = "", ca = "" } = tls ?? {};
    const identity = [cert, key, passphrase, ca].join("\n");
    let agent = secure.get(identity);
    if (!agent) {
      agent = new SecureAgent({ ...settings, ...tls });
      secure.set(identity, agent);
      const [oldest] = secure.keys();
      // Certificates that have been replaced keep no connections.
      if (secure.size > mostIdentities && oldest !== undefined) {
        secure.get(oldest)?.destroy();
        secure.delete(oldest);
      }
    }
    return agent;
  }

  return {
    async exchange(url, head, body, { timeoutMs, tls, sent }) {
      if (underWay >= maxWaiting) return { notSent: true, reason: `${underWay} requests wait already` };
      underWay += 1;
      const isSecure = url.protocol === "https:";
      const options = {
        agent: isSecure ? secureAgent(tls) : plain,
        hostname: url.hostname,
        port: url.port,
        path: url.path,
        method: head.method,
        headers: head.headers,
        setHost: true,
      };
      try {
        return await new Promise<Exchanged>((resolve) => {
          let isConnected = false;
          let isAnswered = false;
          let connecting: NodeJS.Timeout | undefined;
          const end = (how: Exchanged) => {
            clearTimeout(timer);
            clearTimeout(connecting);
            clearTimeout(asking);
            resolve(how);
          };
          const failed = (reason: string) => end(isConnected ? { unknown: true, reason } : { notSent: true, reason });
          const giveUp = (reason: string) => {
            failed(reason);
            outgoing.destroy();
          };
          const timer = setTimeout(() => giveUp(`there was no answer within ${timeoutMs} ms`), timeoutMs);
          const outgoing = (isSecure ? secureRequest : request)(options);
          const connected = () => {
            isConnected = true;
            clearTimeout(connecting);
            sent?.();
          };
          outgoing.on("socket", (socket) => {
            const { connecting: isConnecting, secureConnecting } = socket as typeof socket & {
              secureConnecting?: boolean;
            };
            if (!isConnecting && secureConnecting !== true) return connected();
            connecting = setTimeout(() => giveUp(`no connection within ${connectMs} ms`), connectMs);
            socket.once(isSecure ? "secureConnect" : "connect", connected);
          });
          outgoing.on("error", (error) => {
            // An answer that came wins over a body that could not be written.
            if (!isAnswered) failed(reasonOf(error));
          });
          outgoing.on("response", (response: IncomingMessage) => {
            isAnswered = true;
            isConnected = true;
            const { statusCode: status = 0, headers } = response;
            const bodyless = head.method === "HEAD" || status === 204 || status === 304;
            const reading = bodyless
              ? Promise.resolve(response.resume()).then(() => Buffer.alloc(0))
              : readBody(response, { maxBytes: maxReplyBytes, timeoutMs });
            reading.then(
              (content) => end({ status, headers, body: content }),
              (error) => giveUp(`the answer with status ${status} is broken: ${messageOf(error)}`),
            );
          });
          let asking: NodeJS.Timeout | undefined;
          if (body.byteLength >= askFirstBytes) {
            outgoing.setHeader("expect", "100-continue");
            const write = () => {
              clearTimeout(asking);
              if (!outgoing.writableEnded && !isAnswered) outgoing.end(body);
            };
            outgoing.once("continue", write);
            outgoing.once("socket", () => {
              asking = setTimeout(write, askFirstMs);
            });
            outgoing.flushHeaders();
          } else outgoing.end(body.byteLength > 0 ? body : undefined);
        });
      } finally {
        underWay -= 1;
        if (underWay === 0) idle?.();
      }
    },
    async close(withinMs) {
      if (underWay > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs);
          idle = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      plain.destroy();
      for (const agent of secure.values()) agent.destroy();
    },
  };
}

function reasonOf(error: Error & { readonly code?: string; readonly errors?: readonly Error[] }): string {
  const inner = error instanceof AggregateError ? error.errors.map(messageOf).join("; ") : "";
  return inner || messageOf(error) || error.code || "the connection failed";
}
