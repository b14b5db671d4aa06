/** What a response says: which reply of the contract it is, or which failure it amounts to. */

import type { Json } from "../../codegen.js";
import { messageOf } from "../../core/errors.js";
import type { SendResult } from "../../messaging/transport.js";
import { type FailureKind, failureKinds, standardFailureMessage } from "../../wire/failure.js";
import { matchMessage } from "../../wire/match-message.js";
import { failureHeader, formatOf } from "../../wire/message-format.js";
import type { AnyRequest } from "../../wire/operations.js";
import { declaredStatus } from "./exchange.js";
import { names, readHeaders, replyHeaders } from "./headers.js";
import type { Exchanged } from "./pool.js";
import { untouched } from "./problem-details.js";

export type Response = Extract<Exchanged, { status: number }>;

/** The parts of a reply that the response decides. */
export interface ReplyContent {
  readonly type: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly headers: { readonly [name: string]: Json };
}

// Not now, and not taken: asked again it may be.
const later: ReadonlySet<number> = new Set([408, 425, 429]);

/** The reply that a response is. */
export function replyIn(request: AnyRequest | undefined, response: Response): ReplyContent {
  const { headers: raw, body } = response;
  const contentType = raw["content-type"] ?? "application/json";
  const headers = readHeaders(raw, request ? replyHeaders(request) : new Map());
  const type = text(raw[names.type]);
  if (type === standardFailureMessage.name || standardKind(raw) !== undefined) {
    const kind = standardKind(raw) ?? "error";
    if (isStandardFailure(body)) return { ...standard(kind, "", ""), body, headers: { [failureHeader]: kind } };
    return failureOf(response);
  }
  if (!request) return { type, body, contentType, headers };
  const name = replyName(request, type, response, headers);
  if (name === undefined) return failureOf(response);
  return { type: name, body, contentType, headers };
}

/** A failure in the words of the standard one. */
export function standard(kind: FailureKind, code: string, message: string): ReplyContent {
  const retryable = kind === "retryable" || kind === "undeliverable";
  const body = Buffer.from(JSON.stringify({ code, message, retryable }));
  const type = standardFailureMessage.name;
  return { type, body, contentType: "application/json", headers: { [failureHeader]: kind } };
}

/** Declared by the status, else the success of a 2xx, else the one failure whose schema takes the body. */
function replyName(
  { id, reply }: AnyRequest,
  type: string,
  { status, body }: Response,
  headers: ReplyContent["headers"],
): string | undefined {
  const failures = Object.values(reply.failure ?? {});
  const all = [...reply.success, ...failures].map(formatOf);
  if (type !== "" && all.some(({ names: known }) => known.includes(type))) return type;
  const declared = all.filter(({ message }) => declaredStatus(message) === status);
  const isSuccess = status >= 200 && status < 300;
  if (declared.length === 0 && !isSuccess && (status < 400 || status >= 500 || later.has(status))) return undefined;
  const undeclared = (isSuccess ? reply.success : failures).map(formatOf);
  const unbound = undeclared.filter(({ message }) => declaredStatus(message) === undefined);
  const fitting = declared.length > 0 ? declared : isSuccess && unbound.length === 0 ? undeclared : unbound;
  const [only] = fitting;
  if (!only) return undefined;
  if (fitting.length === 1 && (isSuccess || declared.length > 0)) return only.wireName;
  const candidates = fitting.map((format) => ({ format, subject: `${id} (reply)` }));
  const content = { id: "", type: "", body, contentType: "", headers, sentAt: 0 };
  const choice = matchMessage(candidates, content);
  if ("candidate" in choice) return choice.candidate.format.wireName;
  // A success that is none of its messages, or several, is for whoever reads it to refuse.
  return isSuccess ? "" : undefined;
}

/** The failure that a response amounts to which is no message of the contract. */
function failureOf({ status, headers, body }: Response): ReplyContent {
  const said = saying(headers["content-type"], body);
  const what = `it answers with status ${status}${said && `: ${said}`}`;
  if (status >= 300 && status < 400) {
    const where = headers.location === undefined ? "" : ` to ${text(headers.location).slice(0, 300)}`;
    return standard("terminal", `http-${status}`, `${what}, a redirect${where} that is not followed`);
  }
  const isLater = later.has(status) || (status === 409 && headers["retry-after"] !== undefined);
  const isDefinite = status >= 400 && status < 500 && !isLater;
  return standard(isDefinite ? "terminal" : "retryable", `http-${status}`, what);
}

/** What became of a message that wants no reply. */
export function verdictOn(response: Response): SendResult {
  const { status, headers, body } = response;
  if (status >= 200 && status < 300) return "accepted";
  const problem = isStandardFailure(body) ? (JSON.parse(body.toString("utf8")) as { code: string }) : undefined;
  if (status === 404 && problem?.code === "no-route") return "unroutable";
  const said = saying(headers["content-type"], body);
  const refused = `status ${status}${said && `: ${said}`}`;
  if (later.has(status) || (problem && untouched.has(problem.code))) return { refused, retryable: true };
  if (status >= 300 && status < 400) {
    return { refused: `${refused}, a redirect to ${text(headers.location)} that is not followed`, retryable: false };
  }
  return status >= 400 && status < 500 ? { refused, retryable: false } : "unknown";
}

/** Whether nobody listens there, by the word of a Sagaspec server. */
export function isUnroutable(response: Response): boolean {
  return verdictOn(response) === "unroutable";
}

function standardKind(raw: Response["headers"]): FailureKind | undefined {
  const kind = raw[failureHeader];
  return typeof kind === "string" && failureKinds.has(kind) && kind !== "undeliverable"
    ? (kind as FailureKind)
    : undefined;
}

function isStandardFailure(body: Buffer): boolean {
  try {
    const { code, message, retryable } = JSON.parse(body.toString("utf8"));
    return typeof code === "string" && typeof message === "string" && typeof retryable === "boolean";
  } catch {
    return false;
  }
}

/** What a problem (RFC 9457) or a short text says of itself. */
function saying(contentType: string | undefined, body: Buffer): string {
  if (contentType === undefined || body.length === 0) return "";
  if (/json/.test(contentType)) {
    try {
      const { detail, title, message } = JSON.parse(body.toString("utf8"));
      const said = [detail, title, message].find((one) => typeof one === "string");
      return (said ?? "").slice(0, 300);
    } catch (error) {
      return messageOf(error).slice(0, 100);
    }
  }
  return /^text\/plain/.test(contentType) ? body.toString("utf8", 0, 300).trim() : "";
}

function text(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}
