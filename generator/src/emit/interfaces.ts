import type { EmitOptions } from "../config/config.js";
import type { Channel, Contract, Message, Operation, Origin } from "../contract/contract.js";
import type { ContractSide } from "./names.js";
import { headersType, payloadType } from "./payload.js";
import { comment, see } from "./print/comment.js";
import { choice, type Doc, group, indent, join, line, print, softline } from "./print/layout.js";
import { propertyName, quote } from "./print/literal.js";
import type { FileScope } from "./scope.js";

/** The interface of one direction with a member for each operation, and those of its client and its handlers. */
export function contractInterfaces(
  side: ContractSide,
  contract: Contract,
  scope: FileScope,
  options: EmitOptions,
): readonly string[] {
  const receives = side.action === "receive";
  const about = `${contract.title}: ${receives ? "what others ask of it" : "what it tells others"}.`;
  const members = side.operations.map((operation) => member(operation, scope, options));
  const servers = contract.servers.map(({ name }) => quote(name));
  const ends = [side.client ?? "never", side.handlers ?? "never", ...(servers.length > 0 ? [servers.join(" | ")] : [])];
  const docs = comment([about, receives ? contract.description : undefined]);
  const given = group(["<", indent([softline, join([",", line], ends)]), softline, ">"]);
  const head = print([`export interface ${side.contract} extends `, scope.runtime("Contract"), given, " {"]);
  const blocks = [`${docs}${head}\n${members.join("\n\n")}\n}`];
  if (side.client) {
    const owner = receives ? "" : `: for the ${contract.title} itself.`;
    blocks.push(derived(side.client, "Client", side, `\`createClient(${side.constant}, transport)\`${owner}`, scope));
  }
  if (side.handlers) {
    const verb = receives ? "serve" : "subscribe";
    blocks.push(derived(side.handlers, "Handlers", side, `\`${verb}(${side.constant}, handlers, transport)\``, scope));
  }
  return blocks;
}

function derived(
  name: string,
  kind: "Client" | "Handlers",
  side: ContractSide,
  about: string,
  scope: FileScope,
): string {
  return `${comment([about])}export interface ${name} extends ${scope.runtime(kind)}<${side.contract}> {}`;
}

function member(operation: Operation, scope: FileScope, options: EmitOptions): string {
  const { summary, description, title } = operation;
  const about = [summary ?? (description ? undefined : title), description];
  const docs = comment(
    [...about, operation.deprecated ? "@deprecated" : undefined, see(operation.origin, scope.unit.document)],
    1,
  );
  const messages = scope.messages(operation);
  const [only] = messages;
  if (messages.length <= 1) {
    return (
      docs +
      print(
        indent([
          "  readonly ",
          propertyName(operation.name),
          ": ",
          exchange(operation, only?.message, scope, options),
          ";",
        ]),
      )
    );
  }
  const members = messages.map(({ member: name, message }) => {
    const about = [message.summary ?? message.description, message.deprecated ? "@deprecated" : undefined];
    return (
      comment(about, 2) +
      print(
        indent(indent(["    readonly ", propertyName(name), ": ", exchange(operation, message, scope, options), ";"])),
      )
    );
  });
  return `${docs}  readonly ${propertyName(operation.name)}: {\n${members.join("\n")}\n  };`;
}

/** `Request<Payload, Reply, Failures, Parameters, Headers, Filled>` or `Send<Payload, Parameters, Headers>`, as far as needed. */
export function exchange(
  operation: Operation,
  message: Message | undefined,
  scope: FileScope,
  options: EmitOptions,
): Doc {
  const channel = scope.channel(operation.channel);
  const payload = payloadType(message, scope, options);
  const { reply } = operation;
  const parameters = joined([channel.parametersType, queryType(operation)]);
  const headers = message && headersType(message, scope, options);
  const optional: (Doc | undefined)[] = reply
    ? [failures(reply.failure, scope, options), parameters, headers, filled(operation, message, scope)]
    : [parameters, headers];
  while (optional.length > 0 && optional.at(-1) === undefined) optional.pop();
  const required = reply ? [payload, replyType(reply.success, scope, options)] : [payload];
  const args = [...required, ...optional.map((one) => one ?? scope.runtime("None"))];
  return [
    scope.runtime(reply ? "Request" : "Send"),
    group(["<", indent([softline, join([",", line], args)]), softline, ">"]),
  ];
}

const joined = (types: readonly (string | undefined)[]): string | undefined =>
  types.some((type) => type !== undefined) ? types.filter((type) => type !== undefined).join(" & ") : undefined;

/** The query of an HTTP request: parameters like those of the address. */
function queryType({ bindings }: Operation): string | undefined {
  const query = bindings.http?.query as { readonly properties?: unknown; readonly required?: unknown } | undefined;
  const names = Object.keys((query?.properties ?? {}) as object);
  if (names.length === 0) return undefined;
  const required: readonly unknown[] = Array.isArray(query?.required) ? query.required : [];
  const members = names.map((name) => `readonly ${propertyName(name)}${required.includes(name) ? "" : "?"}: string`);
  return `{ ${members.join("; ")} }`;
}

// The members that a caller may leave out although the message needs them: correlation id and reply address.
function filled({ reply }: Operation, message: Message | undefined, scope: FileScope): Doc | undefined {
  const expressions = [message?.correlationId, reply?.address].flatMap((one) => one ?? []);
  const members = expressions.flatMap((one) => /^\$message\.((header|payload)#\/[^/]+)$/.exec(one)?.[1] ?? []);
  const required = members.filter((one) => {
    const [part, name = ""] = one.split("#/");
    const node = part === "header" ? message?.headers : message?.payload;
    const type = scope.unit.graph.get(typeof node === "object" ? (node.$ref ?? "") : "");
    return typeof type?.schema === "object" && type.schema.required?.includes(name);
  });
  return required.length > 0 ? join(" | ", [...new Set(required)].map(quote)) : undefined;
}

function replyType(keys: readonly string[], scope: FileScope, options: EmitOptions): Doc {
  const [only] = keys;
  if (only === undefined) return "void";
  if (keys.length === 1) return payloadType(scope.message(only), scope, options);
  return [scope.runtime("OneOf"), "<", byName(keys, scope, options), ">"];
}

function failures(keys: readonly string[], scope: FileScope, options: EmitOptions): Doc | undefined {
  return keys.length > 0 ? byName(keys, scope, options) : undefined;
}

function byName(keys: readonly string[], scope: FileScope, options: EmitOptions): Doc {
  const members = keys.map((key): Doc => [propertyName(key), ": ", payloadType(scope.message(key), scope, options)]);
  return group(["{", indent([line, join([";", line], members)]), choice(";"), line, "}"]);
}

/** The interface of a channel's parameters; nothing where it has none. */
export function parametersInterface(channel: Channel, document: Origin): readonly string[] {
  if (!channel.parametersType) return [];
  const members = channel.parameters.map((parameter) => {
    const type = parameter.enum?.length ? parameter.enum.map(quote).join(" | ") : "string";
    // What the document fills by itself, a caller may leave out.
    const optional = parameter.default === undefined && parameter.location === undefined ? "" : "?";
    return `${comment([parameter.description], 1)}  ${propertyName(parameter.name)}${optional}: ${type};`;
  });
  const about = `Parameters of \`${(channel.address ?? channel.key).replaceAll("`", "'")}\`.`;
  return [
    `${comment([about, see(channel.origin, document)])}export interface ${channel.parametersType} {\n${members.join("\n")}\n}`,
  ];
}
