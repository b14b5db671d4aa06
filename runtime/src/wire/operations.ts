import type { Contract, Failures, Request, Send } from "../codegen.js";

/** A request of any contract. Every generated request descriptor is one. */
export type AnyRequest = Request<unknown, unknown, Failures, unknown, unknown>;
/** An operation of any contract that is not answered. */
export type AnySend = Send<unknown, unknown, unknown>;
/** An operation of any contract. */
export type AnyOperation = AnyRequest | AnySend;

/** An operation and where it stands in its contract: `["ticketProgress", "ticketReady"]`. */
export interface Located {
  readonly path: readonly string[];
  readonly operation: AnyOperation;
}

/** The operations of a contract, in its order. */
export function operationsOf(contract: Contract<unknown, unknown>): readonly Located[] {
  return Object.entries(contract).flatMap(([name, member]) => (name === "$contract" ? [] : locate([name], member)));
}

function locate(path: readonly string[], member: object): readonly Located[] {
  if (isOperation(member)) return [{ path, operation: member }];
  return Object.entries(member).flatMap(([name, inner]) => locate([...path, name], inner));
}

// A message may be called "kind" as well: then the member of that name is an object.
function isOperation(member: object): member is AnyOperation {
  return "kind" in member && typeof member.kind === "string";
}

/** What the success messages of a request are called in the program, in their order. */
export function successNames({ reply }: AnyRequest): readonly string[] {
  return reply.names ?? reply.success.map(({ name }) => name);
}

/** What a user says of the operations of a contract by their names; of a message of one: `"orders.created"`. */
export function namedValue<Value>(
  values: { readonly [operation: string]: Value } | undefined,
  { path }: Located,
): Value | undefined {
  return values?.[path.join(".")] ?? values?.[path[0] as string];
}

/** Whether somebody has to be there to get the message. Events are told whether or not anybody listens. */
export function isCommand(operation: AnyOperation): boolean {
  return operation.kind === "request" || operation.action === "receive";
}
