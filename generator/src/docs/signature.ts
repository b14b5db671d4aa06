import { print } from "../emit/print/layout.js";
import { type TypeOptions, typeOf } from "../emit/print/type.js";
import type { Message, Operation, SchemaNode } from "../contract.js";
import type { OperationEntry, Service } from "./site.js";

/** How the two ends of an operation look in TypeScript, with the names of the generated code. */
export interface Signature {
  /** Title of the side: `Client`, `Handler`. */
  readonly side: string;
  readonly code: string;
}

/** What a caller writes and what a handler is given. */
export function signatures(service: Service, { operation, channel }: OperationEntry): readonly Signature[] {
  const { contract } = service;
  const contractName = operation.action === "receive" ? contract.service : `${contract.service}Events`;
  const name = /^[A-Za-z_$][\w$]*$/.test(contractName) ? contractName : lowerFirst(contract.typeName);
  const parameters = channel?.parametersType;
  const reply = replyType(service, operation);
  const members = operation.messages.map(({ key, member }) => ({
    path: operation.messages.length > 1 ? `${operation.name}.${member}` : operation.name,
    member: operation.messages.length > 1 ? member : operation.name,
    payload: payloadType(service, service.messages.get(key)?.message),
  }));
  const calls = members.map(({ path, payload }) => {
    const options = parameters === undefined ? "options?" : `options: { parameters: ${parameters} }`;
    const before = payload === "void" && parameters === undefined ? "" : `payload: ${payload === "void" ? "undefined" : payload}, `;
    return `client.${path}(${before}${options}): Promise<${reply}>`;
  });
  const failures = (operation.reply?.failure ?? []).map((key) => {
    const message = service.messages.get(key)?.message;
    return `//   ${key}: ${payloadType(service, message)}`;
  });
  const answers = members.map(({ member, payload }) => `${member}: (payload: ${payload}, context) => ${reply} | Promise<${reply}>`);
  const nested = operation.messages.length > 1;
  return [
    {
      side: "Client",
      code: [
        `const client = createClient(${name}, transport);`,
        "",
        ...calls,
        ...(failures.length > 0 ? ["", "// rejects with a declared failure:", ...failures] : []),
      ].join("\n"),
    },
    {
      side: "Handler",
      code: nested ? `${operation.name}: {\n${answers.map((one) => `  ${one};`).join("\n")}\n}` : (answers[0] ?? ""),
    },
  ];
}

function replyType(service: Service, operation: Operation): string {
  if (operation.reply === undefined) return "void";
  const types = operation.reply.success.map((key) => ({ key, type: payloadType(service, service.messages.get(key)?.message) }));
  if (types.length > 1) return types.map(({ key, type }) => `{ name: "${key}"; payload: ${type} }`).join(" | ");
  return types[0]?.type ?? "void";
}

function payloadType(service: Service, message: Message | undefined): string {
  return message?.payload === undefined ? "void" : inPlace(message.payload, service);
}

function inPlace(node: SchemaNode, service: Service): string {
  if (typeof node === "object" && node.type === "null") return "void";
  const named = typeof node === "object" && node.$ref !== undefined ? service.types.get(node.$ref) : undefined;
  if (typeof named?.schema === "object" && named.schema.type === "null") return "void";
  return print(typeOf(node, OPTIONS));
}

const OPTIONS: TypeOptions = { dateTime: "string", int64: "number", recursive: new Set() };

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
