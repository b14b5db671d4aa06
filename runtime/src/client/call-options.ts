import type { Json, RequestOptions } from "../codegen.js";
import { uuidv7 } from "../core/uuid.js";
import { traced } from "../wire/trace.js";

/** Options of a client's method, whatever its operation asks for. */
export type CallOptions = RequestOptions & { readonly parameters?: { readonly [name: string]: string } };

/** What a call's options say of the message. */
export function metaOf(
  options: CallOptions | undefined,
  now: number,
): {
  readonly id: string;
  readonly sentAt: number;
  readonly headers?: { readonly [name: string]: Json };
  readonly parameters?: { readonly [name: string]: string };
  readonly address?: string;
} {
  const headers = traced(options?.headers);
  return {
    id: options?.messageId ?? uuidv7(now),
    sentAt: now,
    ...(headers && { headers }),
    ...(options?.parameters && { parameters: options.parameters }),
    ...(options?.address !== undefined && { address: options.address }),
  };
}
