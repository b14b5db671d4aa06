import type { IncomingMessage, ServerResponse } from "node:http";
import type { Outgoing, SendResult } from "../../messaging/transport.js";
import { type FailureKind, failureKinds, standardFailureMessage } from "../../wire/failure.js";
import { failureHeader, formatOf } from "../../wire/message-format.js";
import type { AnyOperation } from "../../wire/operations.js";
import type { Ending } from "./delivery-queue.js";
import { names, writeHeaders } from "./headers.js";
import { type ProblemAnswer, problemBody, problemType, setAside, statusOf } from "./problem-details.js";

export interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the request may be of. */
  readonly operations: readonly AnyOperation[];
  /** Whether an answer is wanted, and not only that the message is kept. */
  readonly wantsReply: boolean;
  /** Seconds that a caller is asked to wait when it is not the time. */
  readonly retryAfter: number;
  isStopping(): boolean;
  /** Called once, when nothing can be answered any more. */
  over(): void;
}

/** One request at the serving end, until it is answered or its caller has gone. */
export interface Exchange {
  isOver(): boolean;
  /** Answers with a message. */
  reply(message: Outgoing): SendResult;
  /** The message was dealt with. `copies` of it are under way: it is answered once each of them has ended. */
  expect(copies: number): void;
  ended(how: Ending): void;
  refuse(problem: ProblemAnswer): void;
}

export function createExchange(options: ExchangeOptions): Exchange {
  const { request, response, operations, wantsReply, retryAfter } = options;
  let isOver = false;
  let copies = 1;

  function end(): void {
    if (isOver) return;
    isOver = true;
    options.over();
  }
  // `close` of the request comes with every request; that of the response before it was written means that the caller left.
  response.on("close", end);
  response.on("error", end);

  function respond(status: number, headers: { [name: string]: string | number }, body: Uint8Array): void {
    if (isOver) return;
    if (response.headersSent || response.destroyed) {
      end();
      return;
    }
    const isEmpty = status === 204 || status === 304;
    if (!isEmpty) headers["content-length"] = body.byteLength;
    // A request whose body nobody has read would be taken for the next one.
    if (options.isStopping() || !request.complete) headers.connection = "close";
    response.writeHead(status, headers);
    response.end(isEmpty || request.method === "HEAD" ? undefined : body);
    end();
  }

  function refuse(problem: ProblemAnswer): void {
    const headers: { [name: string]: string | number } = {
      "content-type": problemType,
      [failureHeader]: problem.kind,
      [names.type]: standardFailureMessage.name,
    };
    if (problem.retryAfter !== undefined) headers["retry-after"] = problem.retryAfter;
    if (problem.status === 401) headers["www-authenticate"] = "Signature";
    respond(problem.status, headers, problemBody(problem));
  }

  function replyStandard({ headers, body }: Outgoing): void {
    const failure = formatOf(standardFailureMessage).decode(body, "reply") as ProblemAnswer;
    const told = headers[failureHeader];
    const kind = typeof told === "string" && failureKinds.has(told) ? (told as FailureKind) : "error";
    const status = statusOf(failure.code, kind);
    refuse({ ...failure, kind, status, ...(kind === "retryable" && { retryAfter }) });
  }

  return {
    isOver: () => isOver,
    reply(message) {
      if (isOver || response.destroyed) return "unroutable";
      if (message.type === standardFailureMessage.name) {
        replyStandard(message);
        return "accepted";
      }
      const headers: { [name: string]: string | number } = {};
      const { id, type, correlationId } = message;
      const own = {
        [names.type]: type,
        ...(id !== "" && { [names.id]: id }),
        ...(correlationId !== undefined && { [names.correlationId]: correlationId }),
      };
      const wrong = writeHeaders({ ...message.headers, ...own }, headers);
      if (wrong !== undefined) {
        const text = `the answer cannot be sent (${wrong})`;
        refuse({ status: 500, kind: "error", code: "invalid-reply", message: text, retryable: false });
        return { refused: wrong, retryable: false };
      }
      if (message.body.byteLength > 0) headers["content-type"] = message.contentType;
      respond(statusOfReply(operations, message), headers, message.body);
      return "accepted";
    },
    expect(count) {
      copies = count;
    },
    ended(how) {
      copies -= 1;
      if (how === "unsubscribed") return refuse(notNow("stopping", "the service stops", retryAfter));
      if (how !== "ack") return refuse(setAside(how.dead));
      // What wants a reply gets one later.
      if (copies === 0 && !wantsReply) respond(202, {}, Buffer.alloc(0));
    },
    refuse,
  };
}

/** The service cannot take the request, and has not. */
export function notNow(code: "busy" | "stopping", message: string, retryAfter: number): ProblemAnswer {
  return { status: 503, kind: "retryable", code, message, retryable: true, retryAfter };
}

/** The status that the reply's binding declares, else 200 or 204 for a success and 422 for a failure. */
function statusOfReply(operations: readonly AnyOperation[], { type, body }: Outgoing): number {
  for (const operation of operations) {
    if (operation.kind !== "request") continue;
    const { success, failure = {} } = operation.reply;
    for (const message of [...success, ...Object.values(failure)]) {
      if (!formatOf(message).names.includes(type)) continue;
      return declaredStatus(message) ?? (success.includes(message) ? successStatus(body) : 422);
    }
  }
  return successStatus(body);
}

function successStatus(body: Uint8Array): number {
  return body.byteLength === 0 ? 204 : 200;
}

/** The status in a message's binding. */
export function declaredStatus({ bindings }: { readonly bindings?: AnyOperation["bindings"] }): number | undefined {
  const status = Number(bindings?.http?.statusCode);
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}
