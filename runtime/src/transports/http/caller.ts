/** Messages on their way out: each is one request, and its response the reply. */
import { messageOf, SagaspecError } from "../../core/errors.js";
import type { Endpoint, Outgoing, SendResult } from "../../messaging/transport.js";
import { openParameters } from "../../wire/address.js";
import type { AnyOperation } from "../../wire/operations.js";
import { createAccessTokens } from "./access-tokens.js";
import type { HttpContext } from "./context.js";
import { names, ownHeader, writeHeaders } from "./headers.js";
import { writeIdempotencyKey } from "./idempotency-key.js";
import { createPool, type Exchanged, type RequestHead } from "./pool.js";
import type { Replies } from "./replies.js";
import { isUnroutable, type ReplyContent, replyIn, standard, verdictOn } from "./response.js";
import { retryAfterMs } from "./retry-after.js";
import { methodOf, pathOf } from "./routes.js";
import { type HttpServerOptions, NoToken, serverOf, type Target, targetOf } from "./target.js";

export interface CallerOptions {
  readonly context: HttpContext;
  readonly replies: Replies;
  /** The server of a service; undefined: the document's. */
  serverFor(service: string): HttpServerOptions;
  /** The path of a service all of whose messages go to one. */
  pathFor(service: string): string | undefined;
}

type Call = Outgoing & { readonly to: Endpoint };

// A request that waits for a connection this long counts as taken: what becomes of it is told as its reply.
const taken = 100;

export interface Caller {
  /** Never rejects. */
  send(message: Call): Promise<SendResult>;
  close(withinMs: number): Promise<void>;
}

export function createCaller({ context, replies, serverFor, pathFor }: CallerOptions): Caller {
  const { clock } = context;
  const pool = createPool(context);
  const tokens = createAccessTokens(clock, (url, head, body, timeoutMs) =>
    pool.exchange({ ...partsOf(url), path: url.pathname + url.search }, head, body, { timeoutMs }),
  );
  const targets = new WeakMap<HttpServerOptions, Map<unknown, Target>>();
  /** Until when a server has asked to be left alone, by server and operation. */
  const resting = new Map<string, number>();

  async function targetFor(to: Endpoint): Promise<Target> {
    const options = serverFor(to.service);
    const isFixed = typeof options.server !== "function" && typeof options.credentials !== "function";
    const key = options.server ?? serverOf(to);
    const known = isFixed ? targets.get(options)?.get(key) : undefined;
    if (known) return known;
    const target = await targetOf(to, options, tokens);
    if (isFixed && target.token === undefined) {
      const cached = targets.get(options) ?? new Map<unknown, Target>();
      targets.set(options, cached.set(key, target));
    }
    return target;
  }

  async function call(message: Call): Promise<SendResult> {
    const { to } = message;
    const operation = to.operations?.[0];
    const isRequest = operation ? operation.kind === "request" : replies.has(message.replyTo);
    const replyAddresses = isRequest ? replyAddressesOf(message, operation) : undefined;
    let target: Target;
    let head: RequestHead;
    let path: string;
    try {
      target = await targetFor(to);
      path = pathWith(message, target, pathFor(to.service));
      head = {
        method: operation ? methodOf(operation) : "POST",
        headers: headersOf(message, target, isRequest && !operation),
      };
    } catch (error) {
      if (error instanceof NoToken) return { refused: error.message, retryable: true };
      return { refused: messageOf(error), retryable: false };
    }
    const restKey = `${target.protocol}//${target.hostname}:${target.port} ${operation?.id ?? to.address}`;
    const deadline = message.expiresAt ?? clock.now() + context.requestMs;
    const restUntil = resting.get(restKey);
    if (restUntil !== undefined && restUntil > clock.now()) {
      if (restUntil >= deadline)
        return { refused: "the server asked to wait for longer (Retry-After)", retryable: true };
      await new Promise<void>((resolve) => clock.after(restUntil - clock.now(), resolve, true));
    }
    const timeoutMs = deadline - clock.now();
    if (timeoutMs <= 0) return { refused: "its time is over", retryable: false };
    const request = { parts: target, path, head, body: message.body, timeoutMs };
    if (!replyAddresses) return told(await exchange(request, target), restKey);
    return new Promise<SendResult>((resolve) => {
      let isTaken = false;
      const take = () => {
        isTaken = true;
        cancel();
        resolve("accepted");
      };
      const cancel = clock.after(taken, take);
      exchange({ ...request, sent: take }, target).then(
        (result) => {
          rest(result, restKey);
          const verdict = isTaken ? undefined : early(result);
          if (verdict !== undefined) {
            cancel();
            return resolve(verdict);
          }
          if (!isTaken) take();
          const content = contentOf(message, operation, result);
          if (content) deliver(replyAddresses, message, content, result);
        },
        (error) => {
          cancel();
          resolve({ refused: messageOf(error), retryable: false });
        },
      );
    });
  }

  interface Asked {
    readonly parts: Target;
    readonly path: string;
    readonly head: RequestHead;
    readonly body: Uint8Array;
    readonly timeoutMs: number;
    readonly sent?: () => void;
  }

  async function exchange(asked: Asked, target: Target): Promise<Exchanged> {
    const options = { timeoutMs: asked.timeoutMs, tls: target.tls, ...(asked.sent && { sent: asked.sent }) };
    return pool.exchange({ ...target, path: asked.path }, asked.head, asked.body, options).then((result) => {
      // The next call fetches another token; this one was refused before anything happened.
      if ("status" in result && result.status === 401 && target.token !== undefined) tokens.forget(target.token);
      return result;
    });
  }

  function told(result: Exchanged, restKey: string): SendResult {
    rest(result, restKey);
    if ("notSent" in result) return { refused: result.reason, retryable: true };
    if ("unknown" in result) return "unknown";
    return verdictOn(result);
  }

  function rest(result: Exchanged, key: string): void {
    if (!("status" in result) || (result.status !== 429 && result.status !== 503)) return;
    const ms = retryAfterMs(result.headers["retry-after"], clock.now(), context.longestRetryAfterMs);
    if (ms === undefined || ms === 0) return;
    resting.set(key, clock.now() + ms);
    clock.after(ms, () => {
      if ((resting.get(key) ?? 0) <= clock.now()) resting.delete(key);
    });
  }

  function early(result: Exchanged): SendResult | undefined {
    if ("notSent" in result) return { refused: result.reason, retryable: true };
    return undefined;
  }

  function contentOf(message: Call, operation: AnyOperation | undefined, result: Exchanged): ReplyContent | undefined {
    // Nobody waits any more, and whoever did says so.
    if (!("status" in result) && message.expiresAt !== undefined && clock.now() >= message.expiresAt) return undefined;
    if ("notSent" in result) return standard("undeliverable", "not-sent", `it could not be sent: ${result.reason}`);
    if ("unknown" in result) return standard("retryable", "unknown-outcome", result.reason);
    if (isUnroutable(result))
      return standard("undeliverable", "unroutable", `nobody listens at "${message.to.address}"`);
    return replyIn(operation?.kind === "request" ? operation : undefined, result);
  }

  function replyAddressesOf({ replyTo }: Call, operation: AnyOperation | undefined): readonly string[] {
    if (replies.has(replyTo)) return [replyTo];
    const channel = operation?.kind === "request" ? operation.reply.channel?.address : undefined;
    return channel == null ? [] : replies.fixed(channel);
  }

  function deliver(addresses: readonly string[], message: Call, content: ReplyContent, result: Exchanged): void {
    const id = "status" in result ? ownHeader(result.headers, names.id) : undefined;
    const { correlationId } = message;
    const reply = {
      ...content,
      // A repeated request is answered once more.
      id: id ?? `${message.id}/response/${clock.now()}`,
      sentAt: clock.now(),
      ...(correlationId !== undefined && { correlationId }),
    };
    for (const address of addresses) {
      if (replies.deliver(address, reply) !== "unknown") continue;
      context.report({
        kind: "unavailable",
        messageId: message.id,
        reason: "http: too many responses wait; one is lost",
      });
    }
  }

  function pathWith(message: Call, target: Target, onlyPath: string | undefined): string {
    const { to } = message;
    const operation = to.operations?.[0];
    const template = onlyPath ?? to.template ?? to.address;
    const path = template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
      const value = to.parameters?.[name] ?? "";
      if (value === "" || value === "." || value === "..") {
        const text = `the parameter "${name}" of "${template}" is "${value}", which is no segment of a path; give it another value`;
        throw new SagaspecError("invalid-message", text);
      }
      return encodeURIComponent(value);
    });
    const query = new URLSearchParams(target.query);
    const declared =
      (operation?.bindings?.http?.query as { readonly properties?: object } | undefined)?.properties ?? {};
    const inPath = new Set(openParameters(template));
    for (const name of Object.keys(declared)) {
      const value = to.parameters?.[name];
      if (value !== undefined && !inPath.has(name)) query.set(name, value);
    }
    const text = query.toString();
    const whole = pathOf(target.basePath, encodePath(path));
    return text === "" ? whole : `${whole}${whole.includes("?") ? "&" : "?"}${text}`;
  }

  function headersOf(message: Call, target: Target, asksForResponse: boolean): RequestHead["headers"] {
    const { type, id, correlationId, expiresAt, replyTo, body } = message;
    const headers: { [name: string]: string | number } = {};
    const foreign = asksForResponse ? "response" : replies.has(replyTo) ? undefined : replyTo;
    const wrong = writeHeaders(
      {
        ...message.headers,
        ...(type !== "" && { [names.type]: type }),
        ...(id !== "" && { [names.id]: id }),
        ...(correlationId !== undefined && { [names.correlationId]: correlationId }),
        ...(foreign !== undefined && { [names.replyTo]: foreign }),
      },
      headers,
    );
    if (wrong !== undefined) throw new SagaspecError("invalid-message", `${message.to.service}: ${wrong}; rename it`);
    const now = clock.now();
    if (body.byteLength > 0) {
      headers["content-type"] = message.contentType || "application/octet-stream";
      headers["content-length"] = body.byteLength;
    } else if (message.to.operations === undefined || methodOf(message.to.operations[0] as AnyOperation) !== "GET") {
      headers["content-length"] = 0;
    }
    if (id !== "") headers[names.key] = writeIdempotencyKey(id, context.keyForm);
    if (expiresAt !== undefined) {
      headers[names.expiresAt] = expiresAt;
      headers[names.timeLeft] = Math.min(9_999_999_999, Math.max(0, Math.round(expiresAt - now)));
    }
    return Object.assign(headers, target.headers);
  }

  return {
    send: call,
    close: (withinMs) => pool.close(withinMs),
  };
}

function partsOf(url: URL): Pick<URL, "protocol" | "hostname" | "port"> {
  return { protocol: url.protocol, hostname: url.hostname, port: url.port };
}

/** What stands in an address and may not stand in a path. What is encoded already stays. */
function encodePath(path: string): string {
  return path.replace(/[^\x21-\x7e]|["<>\\^`{|}#?]/gu, encodeURIComponent);
}
