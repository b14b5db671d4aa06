import type { EmitOptions } from "../config/config.js";
import type {
  Bindings,
  Channel,
  Contract,
  Message,
  Operation,
  Reply,
  SchemaNode,
  SecurityScheme,
} from "../contract/contract.js";
import { compensationOf, compensations } from "./compensations.js";
import type { ContractSide } from "./names.js";
import { hasJsonBody, headersType, isEmpty, payloadType } from "./payload.js";
import { type Doc, group, hardline, indent, join, print } from "./print/layout.js";
import { type Code, code, isIdentifier, literal, numeral, propertyName, quote } from "./print/literal.js";
import { mentionedConstants, rootSchema } from "./schemas.js";
import type { FileScope } from "./scope.js";

/** `const servers = { ... }`, where the document names servers. */
export function serversConstant({ servers }: Contract, scope: FileScope): readonly string[] {
  if (servers.length === 0) return [];
  const value = servers.map(({ name, host, protocol, pathname, variables, security }) => {
    const named = variables.map((one) => [one.name, { default: one.default, enum: nonEmpty(one.enum) }] as const);
    return [
      name,
      { host, protocol, pathname, variables: members(named), security: nonEmpty(security.map(schemeValue)) },
    ] as const;
  });
  const server = scope.runtime("Server");
  const type = servers.map(({ name }) => `readonly ${propertyName(name)}: ${server}`).join("; ");
  return [print([`const servers: { ${type} } = `, literal(Object.fromEntries(value)), ";"])];
}

/** The kind of a security scheme, with what a connection needs to know of it. */
function schemeValue({ type, details, scopes }: SecurityScheme): unknown {
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const flows = details.flows as { readonly [flow: string]: { readonly tokenUrl?: unknown } } | undefined;
  const more = {
    name: text(details.name),
    in: text(details.in),
    scheme: text(details.scheme),
    tokenUrl: text(flows?.clientCredentials?.tokenUrl),
    scopes: type === "oauth2" ? nonEmpty(scopes) : undefined,
  };
  return Object.values(more).some((value) => value !== undefined) ? { type, ...more } : type;
}

/** `const commands: Channel = { ... }` */
export function channelConstant(channel: Channel, contract: Contract, scope: FileScope): string {
  const parameters = channel.parameters.map(
    ({ name, enum: values, default: fallback, location }) =>
      [name, { enum: nonEmpty(values), default: fallback, location }] as const,
  );
  const value = {
    address: channel.address,
    parameters: members(parameters),
    servers: serversOf(channel, contract),
    bindings: bindings(channel.bindings),
  };
  return print([`const ${scope.constant(channel)}: ${scope.runtime("Channel")} = `, literal(value), ";"]);
}

/** The servers that have the channel: all of them where it names none. */
function serversOf(channel: Channel, { servers }: Contract): readonly Code[] | undefined {
  const used = channel.servers.length === 0 ? servers : servers.filter(({ name }) => channel.servers.includes(name));
  return nonEmpty(used.map(({ name }) => code(`servers${isIdentifier(name) ? `.${name}` : `[${quote(name)}]`}`)));
}

/** A payload that is always `null` is sent as JSON and checked; without one nobody looks at the body. */
const nothing = ({ payload }: Message) => (payload === undefined ? undefined : { type: "null" });

/** `const createTicket: Message<CreateTicket> = { ... }` */
export function messageConstant(message: Message, scope: FileScope, options: EmitOptions): string {
  const schema = (node: SchemaNode | undefined): unknown => {
    if (node === undefined) return undefined;
    scope.schemas(mentionedConstants(node, scope.unit.graph));
    return rootSchema(node, scope.unit.graph, options);
  };
  const json = hasJsonBody(message);
  const value = {
    name: message.name,
    payload: json ? (isEmpty(message) ? nothing(message) : schema(message.payload)) : undefined,
    headers: schema(message.headers),
    contentType: isEmpty(message) || message.contentType === "application/json" ? undefined : message.contentType,
    correlationId: message.correlationId,
    bindings: bindings(message.bindings),
  };
  const headers = headersType(message, scope, options);
  const types = join(", ", [payloadType(message, scope, options), ...(headers ? [headers] : [])]);
  return print([
    `const ${scope.constant(message)}: `,
    scope.runtime("Message"),
    "<",
    types,
    "> = ",
    literal(value),
    ";",
  ]);
}

/** `export const restaurant: Restaurant = { ... }`, behind a constant for each operation that undoes another one. */
export function contractConstant(side: ContractSide, contract: Contract, scope: FileScope): string {
  const undoing = compensations(side.operations);
  const describe = (operation: Operation, message: Message | undefined): Doc =>
    descriptor({ operation, id: operation.id, message, undoing }, scope);
  const { service, version, servers } = contract;
  const about = literal({ service, version, servers: servers.length > 0 ? code("servers") : undefined });
  const operations = side.operations.map((operation): [string, Doc] => {
    const messages = scope.messages(operation);
    if (undoing.includes(operation)) return [operation.name, code(scope.operationConstant(operation)).text];
    const [only] = messages;
    if (messages.length <= 1) return [operation.name, describe(operation, only?.message)];
    const each = messages.map(({ member, message }): [string, Doc] => [
      member,
      descriptor({ operation, id: `${operation.id}.${member}`, message, undoing }, scope),
    ]);
    return [operation.name, block(each)];
  });
  const value = block([["$contract", about], ...operations]);
  const before = undoing.map((operation) => {
    const type = `${side.contract}[${JSON.stringify(operation.name)}]`;
    const doc = describe(operation, scope.messages(operation)[0]?.message);
    return print([`const ${scope.operationConstant(operation)}: ${type} = `, doc, ";"]);
  });
  return [...before, print([`export const ${side.constant}: ${side.contract} = `, value, ";"])].join("\n\n");
}

interface Described {
  readonly operation: Operation;
  readonly id: string;
  readonly message: Message | undefined;
  /** Operations that have a constant of their own. */
  readonly undoing: readonly Operation[];
}

function descriptor({ operation, id, message, undoing }: Described, scope: FileScope): Doc {
  const { reply } = operation;
  const undo = compensationOf(operation, undoing);
  const value = {
    kind: reply ? "request" : "send",
    id,
    action: operation.action,
    channel: code(scope.constant(scope.channel(operation.channel))),
    message: message ? code(scope.constant(message)) : { name: operation.name },
    reply: reply && replyValue(reply, scope),
    timeoutMs: operation.timeoutMs === undefined ? undefined : code(numeral(operation.timeoutMs)),
    compensatedBy: undo && code(scope.operationConstant(undo)),
    idempotencyKey: operation.idempotencyKey,
    bindings: bindings(operation.bindings),
  };
  return literal(value, reply !== undefined);
}

function replyValue(reply: Reply, scope: FileScope): object {
  const channel = reply.channel === undefined ? undefined : scope.channel(reply.channel);
  const constant = (key: string): Code => code(scope.constant(scope.message(key)));
  return {
    address: reply.address,
    channel: channel && channel.address !== null ? code(scope.constant(channel)) : undefined,
    success: reply.success.map(constant),
    names: namesOf(reply, scope),
    failure: members(reply.failure.map((key) => [key, constant(key)])),
  };
}

// Only where the program cannot call the messages what they are called on the wire.
function namesOf({ success }: Reply, scope: FileScope): readonly string[] | undefined {
  const differ = success.some((key) => scope.message(key).name !== key);
  return success.length > 1 && differ ? success : undefined;
}

const block = (entries: readonly (readonly [string, Doc])[]): Doc =>
  group([
    "{",
    indent([
      hardline,
      join(
        [",", hardline],
        entries.map(([name, doc]) => [propertyName(name), ": ", doc]),
      ),
    ]),
    ",",
    hardline,
    "}",
  ]);

const members = (entries: readonly (readonly [string, unknown])[]): object | undefined =>
  entries.length > 0 ? Object.fromEntries(entries) : undefined;

const nonEmpty = <Item>(items: readonly Item[] | undefined): readonly Item[] | undefined =>
  items && items.length > 0 ? items : undefined;

const bindings = (value: Bindings): Bindings | undefined => (Object.keys(value).length > 0 ? value : undefined);
