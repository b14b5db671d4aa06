/** Requests of others on their way to the subscriptions: routed, read, checked, and answered whatever happens. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Json } from "../../codegen.js";
import { validatorFor } from "../../contract/schema.js";
import { messageOf, SagaspecError } from "../../core/errors.js";
import type { Incoming, Outgoing, SendResult } from "../../messaging/transport.js";
import { planOf } from "../../wire/operation-plan.js";
import type { AnyOperation } from "../../wire/operations.js";
import { BodyError, readRequestBody } from "./body.js";
import type { HttpContext } from "./context.js";
import { createExchange, type Exchange, notNow } from "./exchange.js";
import { names, ownHeader, readHeaders, typed } from "./headers.js";
import { readIdempotencyKey } from "./idempotency-key.js";
import type { ProblemAnswer } from "./problem-details.js";
import { type FoundRoute, onlyName, type RouteTable } from "./routes.js";
import type { SignatureCheck } from "./signatures.js";

/** A listener as node:http, Express and others take it. `next` is called for what is no route of the transport's. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;

export interface Listener {
  /** `continues`: the sender waits for `100 Continue`, which nobody has said yet. */
  handle(request: IncomingMessage, response: ServerResponse, next?: () => void, continues?: boolean): void;
  /** Answers the request that has the token, or that has the correlation id where the token is none of ours. */
  reply(token: string | undefined, message: Outgoing): SendResult;
  /** Requests that are not answered yet. */
  open(): number;
}

interface Head {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly found: readonly FoundRoute[];
  readonly continues: boolean;
}

class Refusal extends Error {
  readonly answer: ProblemAnswer;
  readonly allow: string | undefined;

  constructor(status: number, code: string, message: string, allow?: string) {
    super(message);
    this.answer = { status, kind: "terminal", code, message, retryable: false };
    this.allow = allow;
  }
}

export function createListener(context: HttpContext, table: RouteTable): Listener {
  const { clock, report } = context;
  const byToken = new Map<string, Exchange>();
  const byCorrelation = new Map<string, Exchange>();
  let reading = 0;

  function handle(request: IncomingMessage, response: ServerResponse, next?: () => void, continues = false): void {
    const method = request.method ?? "GET";
    const [path = "", query = ""] = splitTarget(request.url ?? "/");
    let found: readonly FoundRoute[] = [];
    try {
      found = table.find(path);
    } catch {
      refuse(request, response, new Refusal(400, "bad-request", "the path is wrongly encoded"));
      return;
    }
    if (found.length === 0) {
      if (next) {
        next();
        return;
      }
      if (!context.before) {
        refuse(request, response, noRoute(path));
        return;
      }
    }
    reading += 1;
    if (reading + byToken.size > context.maxRequests) {
      reading -= 1;
      const busy = notNow("busy", "too many requests are under way", context.retryAfterSeconds);
      answer(request, response, busy);
      return;
    }
    take(request, response, { method, path, query, found, continues })
      .catch((error) => refuse(request, response, error))
      .finally(() => {
        reading -= 1;
      });
  }

  async function take(
    request: IncomingMessage,
    response: ServerResponse,
    { method, path, query, found, continues }: Head,
  ): Promise<void> {
    const arrivedAt = clock.now();
    const wanted = method === "HEAD" && !found.some(({ route }) => route.methods.has("HEAD")) ? "GET" : method;
    const fitting = found.filter(({ route }) => route.methods.has(wanted));
    // The body comes only if it is of any use.
    if (fitting.length === 0 && !context.before) refuseMethod(found, path, method);
    if (continues && Number(request.headers["content-length"] ?? 0) <= context.maxBodyBytes) response.writeContinue();
    const limits = { maxBytes: context.maxBodyBytes, timeoutMs: context.bodyTimeoutMs };
    const body = await readRequestBody(request, limits);
    if (context.before) {
      const url = request.url ?? "/";
      const early = await context.before({ method, url, headers: request.headers, body });
      if (early) {
        response.writeHead(early.status ?? 200, { ...early.headers });
        response.end(early.body);
        return;
      }
      if (found.length === 0) throw noRoute(path);
      if (fitting.length === 0) refuseMethod(found, path, method);
    }
    deliver(request, response, { method: wanted, path, query, fitting, body, arrivedAt });
  }

  function refuseMethod(found: readonly FoundRoute[], path: string, method: string): never {
    if (found.length === 0) throw noRoute(path);
    const allow = allowed(found).join(", ");
    if (method === "OPTIONS") throw new Refusal(204, "options", "", allow);
    throw new Refusal(405, "method", `"${path.slice(0, 200)}" takes ${allow}`, allow);
  }

  interface Arrival {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly fitting: readonly FoundRoute[];
    readonly body: Buffer;
    readonly arrivedAt: number;
  }

  function deliver(request: IncomingMessage, response: ServerResponse, arrival: Arrival): void {
    const { method, path, fitting, body, arrivedAt } = arrival;
    const chosen = fitting.map(({ route, parameters }) => ({ route, parameters, at: route.methods.get(method) }));
    const operations = chosen.flatMap(({ at }) => at?.operations ?? []);
    const signed = checkSignature(request, chosen[0]?.route.endpoint.service ?? "", body);
    const shared = incomingOf(request, operations, signed, arrivedAt, body);
    const token = randomUUID();
    const requests = operations.filter(({ kind }) => kind === "request");
    const exchange = createExchange({
      request,
      response,
      operations,
      wantsReply: shared.wantsReply || (requests.length > 0 && requests.length === operations.length),
      retryAfter: context.retryAfterSeconds,
      isStopping: context.isStopping,
      over() {
        cancel();
        byToken.delete(token);
        if (byCorrelation.get(correlationId) === exchange) byCorrelation.delete(correlationId);
      },
    });
    const { correlationId = token, replyTo = token } = shared.message;
    const patience = requests.length > 0 || shared.wantsReply ? context.answerMs : context.acceptMs;
    const cancel = clock.after(patience, () => {
      const code = requests.length > 0 ? "timeout" : "slow";
      const message = "there is no answer yet; ask again with the same Idempotency-Key";
      const status = requests.length > 0 ? 504 : 503;
      const retryAfter = context.retryAfterSeconds;
      exchange.refuse({ status, kind: "retryable", code, message, retryable: true, retryAfter });
    });
    byToken.set(token, exchange);
    byCorrelation.set(correlationId, exchange);
    exchange.expect(chosen.length);
    for (const { route, parameters, at } of chosen) {
      const message = {
        ...shared.message,
        // Which operation it is says the method, where it is the only one.
        type: shared.message.type || onlyName(at?.operations ?? []),
        headers: readHeaders(request.headers, at?.headers ?? new Map()),
        address: route.endpoint.address.startsWith("/") ? path : path.slice(1),
        parameters: { ...queryOf(arrival.query, at?.operations ?? []), ...parameters },
        correlationId,
        replyTo,
        position: token,
      };
      if (message.headers.undoes !== undefined && typeof message.headers.undoes !== "string")
        delete message.headers.undoes;
      const isKnown = message.type === "" || !at || at.operations.length === 0 || isNamed(at.operations, message.type);
      if (!isKnown)
        throw refused(exchange, new Refusal(400, "unknown-message", `nobody takes a "${message.type}" here`));
      const isWanted = () => !exchange.isOver();
      if (!route.queue.push({ message, isWanted, end: (how) => exchange.ended(how) })) {
        exchange.refuse(notNow("busy", "too many messages wait", context.retryAfterSeconds));
      }
    }
  }

  function checkSignature(request: IncomingMessage, service: string, body: Buffer): string | undefined {
    const { signature } = context;
    const check: SignatureCheck | undefined = typeof signature === "function" ? signature : signature?.[service];
    if (!check) return undefined;
    let id: string | undefined;
    try {
      id = check({ headers: request.headers, body, now: clock.now() });
    } catch (error) {
      report({ kind: "callback-error", reason: `signature threw: ${messageOf(error)}`, error });
    }
    if (id === undefined) throw new Refusal(401, "signature", "the signature is missing, wrong or too old");
    return id;
  }

  function answer(request: IncomingMessage, response: ServerResponse, problem: ProblemAnswer, allow?: string): void {
    if (response.headersSent || response.destroyed) return;
    if (allow !== undefined) response.setHeader("allow", allow);
    if (problem.status === 204) {
      response.writeHead(204);
      response.end();
      return;
    }
    const exchange = createExchange({
      request,
      response,
      operations: [],
      wantsReply: false,
      retryAfter: context.retryAfterSeconds,
      isStopping: context.isStopping,
      over() {},
    });
    exchange.refuse(problem);
  }

  function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (error instanceof Refusal) {
      answer(request, response, error.answer, error.allow);
      return;
    }
    if (error instanceof BodyError) {
      const { status, code, message } = error;
      if (status === 500) report({ kind: "unavailable", reason: `http: ${message}`, error });
      answer(request, response, { status, kind: "terminal", code, message, retryable: status === 408 });
      return;
    }
    report({ kind: "callback-error", reason: `http: a request could not be taken: ${messageOf(error)}`, error });
    const text = "the service could not take the request";
    answer(request, response, { status: 500, kind: "error", code: "failed", message: text, retryable: false });
  }

  return {
    handle,
    reply(token, message) {
      const exchange =
        (token === undefined ? undefined : byToken.get(token)) ??
        (message.correlationId === undefined ? undefined : byCorrelation.get(message.correlationId));
      return exchange ? exchange.reply(message) : "unroutable";
    },
    open: () => byToken.size + reading,
  };
}

function refused(exchange: Exchange, refusal: Refusal): Refusal {
  exchange.refuse(refusal.answer);
  return refusal;
}

function noRoute(path: string): Refusal {
  return new Refusal(404, "no-route", `nobody listens at "${path.slice(0, 200)}"`);
}

function allowed(found: readonly FoundRoute[]): readonly string[] {
  const methods = new Set(found.flatMap(({ route }) => [...route.methods.keys()]));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods, "OPTIONS"];
}

function isNamed(operations: readonly AnyOperation[], type: string): boolean {
  return operations.some((operation) => planOf(operation).format.names.includes(type));
}

/** The path as it came, and the query: nothing is resolved or decoded. A target may be a whole URL. */
function splitTarget(target: string): readonly [path: string, query: string] {
  const local = target.startsWith("/") ? target : `/${target.split("/").slice(3).join("/")}`;
  const mark = local.indexOf("?");
  return mark < 0 ? [local, ""] : [local.slice(0, mark), local.slice(mark + 1)];
}

interface Shared {
  readonly message: Omit<Incoming, "settle" | "deliveries" | "headers">;
  readonly wantsReply: boolean;
}

function incomingOf(
  request: IncomingMessage,
  operations: readonly AnyOperation[],
  signedId: string | undefined,
  arrivedAt: number,
  body: Buffer,
): Shared {
  const { headers, headersDistinct } = request;
  const text = (name: string) => ownHeader(headers, name);
  if ((headersDistinct[names.key]?.length ?? 0) > 1) {
    throw new Refusal(400, "bad-request", "there are two Idempotency-Keys; send one");
  }
  const written = text(names.key);
  const key = written === undefined ? undefined : readIdempotencyKey(written);
  if (written !== undefined && key === undefined) {
    throw new Refusal(
      400,
      "bad-request",
      "the Idempotency-Key is none: write a string in quotes, of at most 255 characters",
    );
  }
  // What the signature covers comes first.
  const id = signedId || (text(names.id) ?? key ?? "");
  const replyTo = text(names.replyTo);
  const wantsReply = replyTo === "response";
  const correlationId = text(names.correlationId);
  const expiresAt = deadlineOf(text(names.expiresAt), text(names.timeLeft), arrivedAt);
  const [only] = operations;
  const declared = only && operations.length === 1 ? planOf(only).format.contentType : "";
  return {
    wantsReply,
    message: {
      id,
      type: text(names.type) ?? "",
      body,
      contentType: text("content-type") ?? declared,
      sentAt: arrivedAt,
      ...(key !== undefined && !signedId && text(names.id) === undefined && { isChosenId: true }),
      ...(correlationId !== undefined && { correlationId }),
      ...(replyTo !== undefined && !wantsReply && { replyTo }),
      ...(expiresAt !== undefined && { expiresAt }),
    },
  };
}

/** The earlier of the two ways to say it. */
function deadlineOf(at: string | undefined, left: string | undefined, now: number): number | undefined {
  const times = [
    ...(at !== undefined && /^\d{1,15}$/.test(at) ? [Number(at)] : []),
    ...(left !== undefined && /^\d{1,10}$/.test(left) ? [now + Number(left)] : []),
  ];
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The parameters of the query that a binding declares. @throws Refusal for a query that it does not allow */
function queryOf(query: string, operations: readonly AnyOperation[]): { readonly [name: string]: string } {
  const values: { [name: string]: string } = {};
  for (const { bindings } of operations) {
    const schema = bindings?.http?.query as { readonly properties?: { readonly [name: string]: object } } | undefined;
    if (!schema?.properties) continue;
    const given = new URLSearchParams(query);
    const judged: { [name: string]: Json } = {};
    for (const [name, property] of Object.entries(schema.properties)) {
      const value = given.get(name);
      if (value === null) continue;
      values[name] = value;
      judged[name] = typed(value, property);
    }
    checkQuery(schema, judged);
  }
  return values;
}

/** @throws Refusal */
export function checkQuery(schema: object, values: { readonly [name: string]: Json }): void {
  const validator = validatorFor(schema as Parameters<typeof validatorFor>[0]);
  if (validator.check(values)) return;
  const { pointer, value, reason } = validator.explain(values);
  throw new Refusal(400, "invalid-message", `the query is ${value}${pointer && ` at ${pointer}`}, which ${reason}`);
}

/** What `before` may answer a request with, in place of the transport. */
export interface EarlyAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Uint8Array;
}

/** A request as it came. */
export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Uint8Array;
}

/** @throws SagaspecError `invalid-usage` for an operation that HTTP cannot serve or call */
export function checkOperation(operation: AnyOperation): void {
  const method = operation.bindings?.http?.method;
  if (typeof method === "string" && /^(connect|trace)$/i.test(method)) {
    throw new SagaspecError(
      "invalid-usage",
      `${operation.id}: HTTP ${method.toUpperCase()} carries no message; choose another method`,
    );
  }
}
