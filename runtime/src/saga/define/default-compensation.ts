/** The compensation that a contract names: an operation of the same contract, filled from the request's own fields. */
import type { Json } from "../../codegen.js";
import type { AnyOperation, AnyRequest, AnySend } from "../../wire/operations.js";
import type { Command } from "./definition.js";

type Undo =
  | { readonly call: AnyRequest; readonly with: Extract<Command, { kind: "call" }>["with"] }
  | { readonly send: AnySend; readonly with: Extract<Command, { kind: "send" }>["with"] };

/** What undoes a request by its contract; undefined where the contract names nothing. */
export function defaultCompensation({ compensatedBy: undo }: AnyRequest): Undo | undefined {
  if (!undo) return undefined;
  const fill: Undo["with"] = (_, { request: sent }) => pick(sent, undo);
  return undo.kind === "request" ? { call: undo, with: fill } : { send: undo, with: fill };
}

function pick(sent: Json, operation: AnyOperation): Json {
  const properties = operation.message.payload?.properties;
  if (typeof properties !== "object" || properties === null || typeof sent !== "object" || sent === null) return sent;
  return Object.fromEntries(Object.entries(sent).filter(([name]) => name in properties));
}
