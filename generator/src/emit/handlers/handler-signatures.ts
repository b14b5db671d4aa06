import { createHash } from "node:crypto";
import type { EmitOptions } from "../../config/config.js";
import type { Contract, Message, Operation } from "../../contract/contract.js";
import { exchange } from "../interfaces.js";
import type { ContractSide } from "../names.js";
import { print } from "../print/layout.js";
import { typeOf } from "../print/type.js";
import { references } from "../references.js";
import { FileScope } from "../scope.js";
import type { OutputModule } from "../unit.js";
import type { Stub } from "./handler-stub.js";

/** The functions that answer the operations of one side. */
export function stubsOf(
  contract: Contract,
  unit: OutputModule,
  side: ContractSide,
  options: EmitOptions,
): readonly Stub[] {
  const scope = new FileScope(contract, unit, [side], options);
  const types = { ...options, recursive: unit.graph.recursive };
  const declared = new Map<string, string>();
  return side.operations.map((operation) => {
    const { name, id } = operation;
    const messages = scope.messages(operation);
    const [only] = messages;
    if (messages.length <= 1) return { name, id, signature: signature(operation, only?.message) };
    const members = messages.map(({ member, message }) => ({
      name: member,
      id: `${id}.${member}`,
      signature: signature(operation, message),
    }));
    return { name, id, members };
  });

  // All that the function is typed with. Descriptions and constraints, which no type shows, do not count.
  function signature(operation: Operation, message: Message | undefined): string {
    const { reply, channel } = operation;
    const replies = [...(reply?.success ?? []), ...(reply?.failure ?? [])].map((key) => scope.message(key));
    const nodes = [...(message ? [message] : []), ...replies].flatMap((one) => [
      one.payload ?? true,
      one.headers ?? true,
    ]);
    const reached = new Set(nodes.flatMap(references));
    // The set grows while it is walked.
    for (const name of reached) for (const one of references(unit.graph.get(name)?.schema ?? true)) reached.add(one);
    const parameters = scope.channel(channel).parameters.map((one) => [one.name, one.enum]);
    const exchanged = print(exchange(operation, message, scope, options));
    return digest(JSON.stringify([exchanged, parameters, [...reached].map(declaration)]));
  }

  function declaration(name: string): string {
    const known =
      declared.get(name) ?? digest(`${name} = ${print(typeOf(unit.graph.get(name)?.schema ?? true, types))}`);
    declared.set(name, known);
    return known;
  }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);
