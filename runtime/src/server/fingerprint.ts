import { createHash } from "node:crypto";
import type { Incoming } from "../messaging/transport.js";
import { readPath, writePath } from "../wire/expression.js";
import type { OperationPlan } from "../wire/operation-plan.js";

/**
 * SHA-256 of what the caller asks for: neither the order of JSON members nor what changes from try to try, such as the
 * correlation and the reply address in the payload, makes it another thing.
 */
export function fingerprintOf({ format, replyAddress }: OperationPlan, { body }: Incoming, payload: unknown): string {
  const varying = [format.correlation, replyAddress].filter((place) => place?.part === "payload");
  let asked = payload;
  for (const place of varying) {
    if (place && readPath(asked, place.path) !== undefined) asked = writePath(asked, place.path, null);
  }
  const content = format.codec.kind === "json" ? (canonicalOrTooDeep(asked) ?? body) : body;
  return createHash("sha256").update(content).digest("base64");
}

/** Undefined for what is nested so deeply that the stack does not reach: such a message is no reason to try for ever. */
function canonicalOrTooDeep(value: unknown): string | undefined {
  try {
    return canonical(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** JSON with the members of each object in one order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = value as { readonly [name: string]: unknown };
  const names = Object.keys(members).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(members[name])}`).join()}}`;
}
