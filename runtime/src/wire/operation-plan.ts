import type { Bindings } from "../codegen.js";
import { SagaspecError } from "../core/errors.js";
import { fillAddress, openParameters, wordDivider } from "./address.js";
import { type MessageLocation, parseExpression } from "./expression.js";
import type { Endpoint } from "./message.js";
import { type Content, formatOf, type MessageFormat, readLocation } from "./message-format.js";
import type { AnyOperation } from "./operations.js";

/** All there is to know of an operation, worked out once. */
export interface OperationPlan {
  readonly operation: AnyOperation;
  /** Name of the service whose document has the operation. */
  readonly service: string;
  readonly format: MessageFormat;
  /** Where the request says where to answer. */
  readonly replyAddress: MessageLocation | undefined;
  readonly idempotencyKey: MessageLocation | undefined;
  /** Where the message goes, with the address parameters still open. */
  readonly endpoint: Endpoint | undefined;
  readonly parameters: readonly string[];
  readonly locations: { readonly [parameter: string]: MessageLocation };
}

const plans = new WeakMap<AnyOperation, OperationPlan>();

export function planOf(operation: AnyOperation): OperationPlan {
  let plan = plans.get(operation);
  if (!plan) {
    plan = makePlan(operation);
    plans.set(operation, plan);
  }
  return plan;
}

function makePlan(operation: AnyOperation): OperationPlan {
  const service = serviceOf(operation);
  const { channel, message, idempotencyKey } = operation;
  const replyAddress = operation.kind === "request" ? operation.reply.address : undefined;
  const located = Object.entries(channel.parameters ?? {}).flatMap(([name, { location }]) =>
    location === undefined ? [] : [[name, parseExpression(location)] as const],
  );
  return {
    operation,
    service,
    format: formatOf(message),
    replyAddress: replyAddress === undefined ? undefined : parseExpression(replyAddress),
    idempotencyKey: idempotencyKey === undefined ? undefined : parseExpression(idempotencyKey),
    endpoint:
      channel.address === null
        ? undefined
        : endpoint(channel.address, service, operation.action, [channel, operation, message], operation),
    parameters: channel.address === null ? [] : openParameters(channel.address),
    locations: Object.fromEntries(located),
  };
}

/** The service that an operation belongs to: its id up to the first dot. */
export function serviceOf(operation: AnyOperation): string {
  return operation.id.split(".", 1)[0] as string;
}

function endpoint(
  address: string,
  service: string,
  action: Endpoint["action"],
  parts: readonly { readonly bindings?: Bindings }[],
  operation: AnyOperation,
): Endpoint {
  const bindings: { [protocol: string]: { readonly [key: string]: unknown } } = {};
  for (const part of parts) {
    for (const [protocol, binding] of Object.entries(part.bindings ?? {})) {
      bindings[protocol] = { ...bindings[protocol], ...binding };
    }
  }
  return { address, service, action, operations: [operation], ...(Object.keys(bindings).length > 0 && { bindings }) };
}

/** Where replies of a request arrive, when its document fixes that. Over HTTP they come as the response. */
export function replyEndpoint(operation: AnyOperation): Endpoint | undefined {
  if (operation.kind !== "request") return undefined;
  const { channel } = operation.reply;
  if (!channel || channel.address === null || operation.reply.address !== undefined) return undefined;
  if (isHttp(operation)) return undefined;
  const action = operation.action === "receive" ? "send" : "receive";
  return { ...endpoint(channel.address, serviceOf(operation), action, [channel], operation), isForReplies: true };
}

/** Whether the document has the operation spoken over HTTP, and nothing else. */
function isHttp({ bindings, channel }: AnyOperation): boolean {
  const { servers = [] } = channel;
  return servers.length === 0
    ? bindings?.http !== undefined
    : servers.every(({ protocol }) => /^https?$/.test(protocol));
}

/** Values of address parameters: given, else read from the message, else the default. @throws SagaspecError */
export function parameterValues(
  plan: OperationPlan,
  given: { readonly [name: string]: string } | undefined,
  content: Content | undefined,
): { readonly [name: string]: string } {
  const declared = plan.operation.channel.parameters ?? {};
  const values: { [name: string]: string } = {};
  for (const name of plan.parameters) {
    const place = plan.locations[name];
    const located = place && content ? readLocation(content, place) : undefined;
    const value = given?.[name] ?? located ?? declared[name]?.default;
    if (value === undefined) continue;
    values[name] = String(value);
    checkParameter(plan.operation.id, name, values[name], declared[name]?.enum);
  }
  return values;
}

function checkParameter(subject: string, name: string, value: string, allowed: readonly string[] | undefined): void {
  if (value !== "" && (!allowed || allowed.includes(value))) return;
  const choice = allowed ? `one of ${allowed.map((item) => `"${item}"`).join(", ")}` : "a value";
  const text = `${subject}: the address parameter "${name}" is "${value}"; give it ${choice}`;
  throw new SagaspecError("invalid-message", text);
}

/** Subscribers to events of any value know a parameter by the words of the address: it stays within one. */
function checkWords(subject: string, address: string, values: { readonly [name: string]: string }): void {
  const divider = wordDivider(address);
  if (divider === undefined) return;
  const [name, value] = Object.entries(values).find(([, text]) => text.includes(divider)) ?? [];
  if (name === undefined) return;
  const text = `${subject}: the address parameter "${name}" is "${value}", and "${divider}" divides the words of "${address}"`;
  throw new SagaspecError("invalid-message", `${text}; give it a value without`);
}

/** The endpoint with its parameters filled in. @throws SagaspecError `invalid-message` when one has no value. */
export function filledEndpoint(
  plan: OperationPlan,
  given: { readonly [name: string]: string } | undefined,
  content: Content,
  address?: string,
): Endpoint {
  const target = requireEndpoint(plan, address);
  if (plan.parameters.length === 0) return given ? { ...target, parameters: given } : target;
  const values = parameterValues(plan, given, content);
  if (plan.operation.action === "send") checkWords(plan.operation.id, target.address, values);
  const filled = fillAddress(target.address, values);
  const [missing] = openParameters(filled);
  if (missing === undefined)
    return { ...target, address: filled, template: target.address, parameters: { ...given, ...values } };
  const text = `${plan.operation.id}: the address "${target.address}" has no value for "${missing}"`;
  throw new SagaspecError("invalid-message", `${text}; pass { parameters: { ${missing}: ... } }`);
}

/**
 * The endpoint of an operation. `address` counts where the document leaves it open (`address: null`).
 * @throws SagaspecError `invalid-usage` when there is none.
 */
export function requireEndpoint({ endpoint: known, operation, service }: OperationPlan, address?: string): Endpoint {
  if (known) return known;
  const { id, action, channel, message } = operation;
  if (address !== undefined) return endpoint(address, service, action, [channel, operation, message], operation);
  const text = `${id}: its channel has an address at run time only ("address: null")`;
  throw new SagaspecError("invalid-usage", `${text}; pass { addresses: { ${id.split(".")[1]}: ... } }`);
}
