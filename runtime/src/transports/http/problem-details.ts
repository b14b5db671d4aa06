/** Problems as RFC 9457 has them: what is wrong with a request, or with how it was handled. */
import type { FailureKind, StandardFailure } from "../../wire/failure.js";

export const problemType = "application/problem+json";

/** Problems in which nothing has been done with the request. */
export const untouched: ReadonlySet<string> = new Set(["busy", "stopping", "no-route"]);

const titles: { readonly [status: number]: string } = {
  400: "Bad request",
  401: "Not authorized",
  404: "Not found",
  405: "Method not allowed",
  408: "The body came too slowly",
  409: "Conflict",
  413: "The body is too large",
  415: "The encoding is not known",
  422: "The request cannot be carried out",
  500: "The service failed",
  503: "Not now",
  504: "No answer in time",
};

/** An answer that says what is wrong. */
export interface ProblemAnswer extends StandardFailure {
  readonly status: number;
  readonly kind: FailureKind;
  /** Seconds after which it may be asked again. */
  readonly retryAfter?: number;
}

/** The problem as its body: with the members of a standard failure, which our clients read. */
export function problemBody({ status, code, message, retryable }: ProblemAnswer): Buffer {
  const title = titles[status] ?? "It failed";
  return Buffer.from(
    JSON.stringify({ type: `urn:sagaspec:problem:${code}`, title, status, detail: message, code, message, retryable }),
  );
}

/** The status that tells a standard failure. */
export function statusOf(code: string, kind: FailureKind): number {
  if (kind === "retryable") return 503;
  if (kind === "error") return 500;
  if (code === "invalid-message") return 400;
  return code === "undone" ? 409 : 422;
}

/** The answer to a message that was set aside. What a handler threw stays here. */
export function setAside(reason: string): ProblemAnswer {
  const code = /^([a-z-]+): /.exec(reason)?.[1] ?? /^[a-z-]+$/.exec(reason)?.[0] ?? "refused";
  if (code === "failed") {
    return { status: 500, kind: "error", code, message: "the service could not handle the request", retryable: false };
  }
  if (code === "expired") {
    return { status: 504, kind: "terminal", code, message: "it came too late", retryable: false };
  }
  const isInvalid = ["invalid-message", "ambiguous-message", "stale"].includes(code);
  const message = reason.slice(0, 500);
  return { status: isInvalid ? 400 : statusOf(code, "terminal"), kind: "terminal", code, message, retryable: false };
}
