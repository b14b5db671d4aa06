/** Signatures of webhooks, over the bytes as they came: Standard Webhooks, GitHub and Stripe. */
import { createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Duration, durationMs } from "../../core/duration.js";
import { SagaspecError } from "../../core/errors.js";

/** What a signature is checked against. */
export interface SignedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The id of a message whose signature is right, empty where the sender gives none; undefined for a wrong one. */
export type SignatureCheck = (request: SignedRequest) => string | undefined;

export interface SignatureOptions {
  /** The current secret first, then those that are being replaced: one that fits is enough. */
  readonly secrets: readonly string[];
  /** How far the sender's clock may be from ours, either way. @default "5m" */
  readonly tolerance?: Duration | number;
}

/**
 * Standard Webhooks: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. Secrets begin with `whsec_`,
 * public keys with `whpk_`.
 * @throws SagaspecError `invalid-usage` for a secret that is none
 * @example createHttpTransport({ signature: standardWebhooks({ secrets: [process.env.WEBHOOK_SECRET] }) })
 */
export function standardWebhooks({ secrets, tolerance = "5m" }: SignatureOptions): SignatureCheck {
  const keys = secretsOf("standardWebhooks", secrets).map(standardKey);
  const toleranceMs = durationMs(tolerance);
  return ({ headers, body, now }) => {
    const [id, timestamp] = [one(headers["webhook-id"]), one(headers["webhook-timestamp"])];
    if (!id || !isRecent(timestamp, toleranceMs, now)) return undefined;
    const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
    const isRight = one(headers["webhook-signature"])
      .split(" ")
      .some((signature) => {
        const [version, value = ""] = signature.split(",", 2);
        const given = Buffer.from(value, "base64");
        return keys.some((key) =>
          Buffer.isBuffer(key)
            ? version === "v1" && isSame(given, createHmac("sha256", key).update(content).digest())
            : version === "v1a" && verify(null, content, key, given),
        );
      });
    return isRight ? id : undefined;
  };
}

/** GitHub: the header `X-Hub-Signature-256`. Its id is `X-GitHub-Delivery`, which it repeats when asked to. */
export function githubSignature({ secrets }: Pick<SignatureOptions, "secrets">): SignatureCheck {
  const keys = secretsOf("githubSignature", secrets);
  return ({ headers, body }) => {
    const given = hex(/^sha256=([\da-f]{64})$/i.exec(one(headers["x-hub-signature-256"]))?.[1]);
    const isRight = keys.some((key) => isSame(given, createHmac("sha256", key).update(body).digest()));
    return isRight ? one(headers["x-github-delivery"]) : undefined;
  };
}

/** Stripe: the header `Stripe-Signature`. The id is that of the event in the body. */
export function stripeSignature({ secrets, tolerance = "5m" }: SignatureOptions): SignatureCheck {
  const keys = secretsOf("stripeSignature", secrets);
  const toleranceMs = durationMs(tolerance);
  return ({ headers, body, now }) => {
    const parts = one(headers["stripe-signature"])
      .split(",")
      .map((part) => part.trim().split("=", 2));
    const timestamp = parts.find(([name]) => name === "t")?.[1];
    if (!isRecent(timestamp, toleranceMs, now)) return undefined;
    const content = Buffer.concat([Buffer.from(`${timestamp}.`), body]);
    const given = parts.filter(([name]) => name === "v1").map(([, value]) => hex(value));
    const isRight = keys.some((key) => {
      const wanted = createHmac("sha256", key).update(content).digest();
      return given.some((signature) => isSame(signature, wanted));
    });
    return isRight ? idIn(body) : undefined;
  };
}

function standardKey(secret: string): Buffer | KeyObject {
  const [, kind, text = ""] = /^(whsec|whpk)_(.+)$/.exec(secret) ?? [];
  const bytes = Buffer.from(text, "base64");
  if (kind === "whsec" && bytes.length >= 24 && bytes.length <= 64) return bytes;
  if (kind === "whpk" && bytes.length === 32) {
    const prefix = Buffer.from("302a300506032b6570032100", "hex");
    return createPublicKey({ key: Buffer.concat([prefix, bytes]), format: "der", type: "spki" });
  }
  const hint = 'a secret is none: write "whsec_" and base64 of 24 to 64 bytes, or "whpk_" and that of an ed25519 key';
  throw new SagaspecError("invalid-usage", `standardWebhooks: ${hint}`);
}

function secretsOf(subject: string, secrets: readonly string[]): readonly string[] {
  if (secrets.length > 0 && secrets.every((secret) => typeof secret === "string" && secret !== "")) return secrets;
  throw new SagaspecError("invalid-usage", `${subject}: a secret is missing or empty; pass { secrets: [...] }`);
}

// Never throws, whatever the lengths.
function isSame(given: Buffer, wanted: Buffer): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function isRecent(seconds: string | undefined, toleranceMs: number, now: number): boolean {
  return seconds !== undefined && /^\d{1,12}$/.test(seconds) && Math.abs(Number(seconds) * 1_000 - now) <= toleranceMs;
}

function hex(text: string | undefined): Buffer {
  return Buffer.from(text ?? "", "hex");
}

function one(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}

function idIn(body: Uint8Array): string {
  try {
    const { id } = JSON.parse(Buffer.from(body).toString("utf8"));
    return typeof id === "string" ? id : "";
  } catch {
    return "";
  }
}
