import type { EmitOptions } from "../config/config.js";
import type { Contract } from "../contract/contract.js";
import { channelConstant, contractConstant, messageConstant, serversConstant } from "./descriptors.js";
import { contractInterfaces, parametersInterface } from "./interfaces.js";
import { sides } from "./names.js";
import { FileScope } from "./scope.js";
import { file, type OutputModule } from "./unit.js";

/** `contract.ts`: the service on one page. Interfaces first, as a reader wants them, then the descriptors. */
export function emitContract(contract: Contract, unit: OutputModule, options: EmitOptions): string {
  const both = sides(contract, options.role(contract.service));
  const scope = new FileScope(contract, unit, both, options);
  const operations = both.flatMap((side) => side.operations);
  const replies = operations.flatMap((operation) => operation.reply ?? []);
  const channelKeys = [
    ...operations.map((operation) => operation.channel),
    ...replies.flatMap((reply) => reply.channel ?? []),
  ];
  const messageKeys = [
    ...operations.flatMap((operation) => operation.messages.map((message) => message.key)),
    ...replies.flatMap((reply) => [...reply.success, ...reply.failure]),
  ];
  const described = contract.channels.filter((channel) => operations.some((one) => one.channel === channel.key));
  const channels = contract.channels.filter(
    (channel) => channelKeys.includes(channel.key) && (described.includes(channel) || channel.address !== null),
  );
  const messages = contract.messages.filter((message) => messageKeys.includes(message.key));

  const blocks = [
    ...both.flatMap((side) => contractInterfaces(side, contract, scope, options)),
    ...described.flatMap((channel) => parametersInterface(channel, unit.document)),
    [...serversConstant(contract, scope), ...channels.map((one) => channelConstant(one, contract, scope))].join("\n"),
    messages.map((message) => messageConstant(message, scope, options)).join("\n"),
    ...both.map((side) => contractConstant(side, contract, scope)),
  ];
  return file(
    unit.header,
    scope.imports(),
    blocks.filter((block) => block !== ""),
  );
}
