/** The compensation that a contract names: an operation of the same contract, filled from the request's own fields. */
import type { Contract, Json } from "../codegen.js";
import { SagaspecError } from "../errors.js";
import { type AnyOperation, type AnyRequest, type AnySend, operationsOf } from "../wire/operations.js";
import type { Action } from "./definition.js";

type Undo =
  | { readonly call: AnyRequest; readonly with: Extract<Action, { kind: "call" }>["with"] }
  | { readonly send: AnySend; readonly with: Extract<Action, { kind: "send" }>["with"] };

/** @throws SagaspecError `invalid-definition` when none of the contracts has the operation */
export function defaultCompensation(request: AnyRequest, contracts: readonly Contract<unknown, unknown>[]): Undo {
  const name = request.compensatedBy ?? "";
  const siblings = contracts.map(operationsOf).find((all) => all.some(({ operation }) => operation === request));
  const operation = siblings?.find(({ path }) => path.length === 1 && path[0] === name)?.operation;
  if (!operation) {
    throw new SagaspecError(
      "invalid-definition",
      `'${request.id}' is compensated by '${name}', but its contract is not known; list it in the saga's contracts, or state compensate`,
    );
  }
  const fill: Undo["with"] = (_, { request: sent }) => pick(sent, operation);
  return operation.kind === "request" ? { call: operation, with: fill } : { send: operation, with: fill };
}

function pick(sent: Json, operation: AnyOperation): Json {
  const properties = operation.message.payload?.properties;
  if (typeof properties !== "object" || properties === null || typeof sent !== "object" || sent === null) return sent;
  return Object.fromEntries(Object.entries(sent).filter(([name]) => name in properties));
}
