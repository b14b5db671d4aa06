import { createHash } from "node:crypto";
import type { Contract } from "../codegen.js";
import { SagaspecError } from "../core/errors.js";
import { uuidv7 } from "../core/uuid.js";
import type { Claim } from "../messaging/inbox.js";
import type { Endpoint, Incoming, Source } from "../messaging/transport.js";
import { addressMatcher, fillAddress, openParameters } from "../wire/address.js";
import { readPath, writePath } from "../wire/expression.js";
import type { Choosable } from "../wire/match-message.js";
import { readLocation, undoesHeader } from "../wire/message-format.js";
import { type OperationPlan, parameterValues, planOf, requireEndpoint } from "../wire/operation-plan.js";
import { type AnyOperation, namedValue, operationsOf } from "../wire/operations.js";

export type Handler = (payload: unknown, context: unknown) => unknown;

/** An operation, the source its messages come from, and whoever handles them. */
export interface Route extends Choosable {
  readonly operation: AnyOperation;
  readonly plan: OperationPlan;
  /** Undefined where `subscribe` was given none: such messages are passed over. */
  readonly handler: Handler | undefined;
  readonly source: Source;
  /** What the inbox keeps apart: the operation, and the group that listens. */
  readonly scope: string;
  /** What the inbox adds to message ids, so that several groups may share it. A command and its undo get the same. */
  readonly idSuffix: string;
  /** Address parameters of a message. */
  parameters(incoming: Incoming, payload: unknown): { readonly [name: string]: string };
}

export interface RouteOptions {
  /** Who shares the messages; undefined: the operation's own service; null: nobody, each process gets all. */
  readonly group: string | null | undefined;
  readonly parameters: { readonly [name: string]: string };
  readonly addresses?: { readonly [operation: string]: string };
  /** Whether handlers may be missing. */
  readonly partial: boolean;
  /** Whether the parameters of an address may stay open. */
  readonly isOpen: (endpoint: Endpoint) => boolean;
}

/**
 * One route an operation of the contract.
 * @throws SagaspecError `invalid-usage` that lists the handlers and parameters that are missing.
 */
export function routesOf(
  contract: Contract<unknown, unknown>,
  handlers: object,
  options: RouteOptions,
): readonly Route[] {
  const operations = operationsOf(contract);
  const missing = operations.filter(({ path }) => handlerAt(handlers, path) === undefined);
  if (missing.length > 0 && !options.partial) {
    const names = missing.map(({ path }) => path.join(".")).join(", ");
    const { service } = contract.$contract;
    throw new SagaspecError(
      "invalid-usage",
      `${service}: no handler for ${names}; "sagaspec generate" writes its stub`,
    );
  }
  return operations.flatMap((located) => {
    const handler = handlerAt(handlers, located.path);
    const plan = planOf(located.operation);
    const address = namedValue(options.addresses, located);
    // What has no address is passed over with what has no handler.
    if (!handler && !plan.endpoint && address === undefined) return [];
    return routeOf(plan, requireEndpoint(plan, address), handler, options);
  });
}

function routeOf(plan: OperationPlan, endpoint: Endpoint, handler: Handler | undefined, options: RouteOptions): Route {
  const { operation } = plan;
  const given = parameterValues(plan, options.parameters, undefined);
  const address = fillAddress(endpoint.address, given);
  const [open] = openParameters(address);
  // What stands in the message may differ from one to the next: the address stays open for it.
  const missing = openParameters(address).find((name) => plan.locations[name] === undefined);
  if (missing !== undefined && !options.isOpen(endpoint)) {
    const text = `${operation.id}: the address "${endpoint.address}" has no value for "${missing}"`;
    throw new SagaspecError("invalid-usage", `${text}; pass { parameters: { ${missing}: ... } }`);
  }
  const group = options.group === undefined ? plan.service : options.group;
  const scope = options.group === undefined ? operation.id : `${operation.id}@${group}`;
  const match = open === undefined ? () => ({}) : addressMatcher(address);
  return {
    operation,
    plan,
    handler,
    format: plan.format,
    subject: operation.id,
    source: { ...endpoint, address, durable: group !== null, ...(group !== null && { group }) },
    scope,
    idSuffix: scope === operation.id ? "" : operation.action === "receive" ? `@${group}` : `@${scope}`,
    parameters({ address: concrete, headers, parameters: told }, payload) {
      if (told) return { ...parameterValues(plan, undefined, { headers, payload }), ...given, ...told };
      if (plan.parameters.length === 0) return given;
      const located = parameterValues(plan, undefined, { headers, payload });
      return { ...located, ...given, ...(concrete === undefined ? {} : match(concrete)) };
    },
  };
}

// Bound to the object it was found in, so that an instance of a class does as well.
function handlerAt(handlers: object, path: readonly string[]): Handler | undefined {
  const owner = walk(handlers, path.slice(0, -1));
  const handler = walk(owner, path.slice(-1));
  return typeof handler === "function" ? (payload, context) => handler.call(owner, payload, context) : undefined;
}

// Not own properties only: a class has its methods on the prototype.
function walk(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as { [name: string]: unknown } | undefined)?.[name], root);
}

/** What the inbox is asked for a message. */
export function claimOf({ plan, scope, idSuffix }: Route, incoming: Incoming, payload: unknown): Claim {
  // Without an id on the wire only the delivery's position tells a duplicate; without that, nothing does.
  const id = incoming.id || incoming.position || uuidv7(incoming.sentAt || 0);
  const messageId = `${id}${idSuffix}`;
  const undone = incoming.headers[undoesHeader];
  const named = plan.idempotencyKey && readLocation({ headers: incoming.headers, payload }, plan.idempotencyKey);
  if (typeof undone === "string") {
    return { messageId, operation: scope, key: messageId, fingerprint: "", undoes: `${undone}${idSuffix}` };
  }
  if (named === undefined) {
    const fingerprint = incoming.isChosenId ? fingerprintOf(plan, incoming, payload) : "";
    return { messageId, operation: scope, key: messageId, fingerprint };
  }
  const key = typeof named === "string" ? named : JSON.stringify(named);
  return { messageId, operation: scope, key, fingerprint: fingerprintOf(plan, incoming, payload) };
}
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
