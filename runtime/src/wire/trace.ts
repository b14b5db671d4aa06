import { AsyncLocalStorage } from "node:async_hooks";
import type { Json } from "../codegen.js";
import { fastMerge } from "../core/fast-merge.js";

/** Headers that tie a message to the one that caused it (W3C Trace Context and Baggage). */
export type Trace = { readonly [name: string]: Json };

const names = ["traceparent", "tracestate", "baggage"] as const;
/** W3C Baggage, 3.3.2: a longer header need not be passed on; a very long one could not be sent again. */
const longestHeader = 8_192;
const current = new AsyncLocalStorage<Trace>();

/** The trace headers among a message's headers; undefined when it has none. */
export function traceOf(headers: { readonly [name: string]: Json }): Trace | undefined {
  if (headers.traceparent === undefined && headers.baggage === undefined) return undefined;
  const isPassedOn = (name: string) => headers[name] !== undefined && String(headers[name]).length <= longestHeader;
  return Object.fromEntries(names.filter(isPassedOn).map((name) => [name, headers[name] ?? null]));
}

/** Runs `work` so that every message sent from it continues the trace. */
export function withTrace<T>(trace: Trace | undefined, work: () => T): T {
  return trace ? current.run(trace, work) : work();
}

/** Headers with those of the current trace added; the ones that are given win. */
export function traced(
  headers: { readonly [name: string]: Json } | undefined,
): { readonly [name: string]: Json } | undefined {
  const trace = current.getStore();
  return trace ? fastMerge(trace, headers) : headers;
}
