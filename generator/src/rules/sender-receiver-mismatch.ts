import type { Contract, Message, Operation, SchemaNode } from "../contract/contract.js";
import type { Finding } from "./rule.js";
import { blankAddress, overlap, SchemaView } from "./schema-view.js";

interface End {
  readonly contract: Contract;
  readonly operation: Operation;
  readonly view: SchemaView;
}

/**
 * What one service sends must be what another receives at the same address: a request needs somebody who answers, and
 * both ends need schemas that agree. Says nothing about a single document.
 */
export function* senderReceiverMismatch(contracts: readonly Contract[]): Generator<Finding> {
  if (contracts.length < 2) return;
  const receivers = new Map<string, End[]>();
  const senders: End[] = [];
  for (const contract of contracts) {
    const view = new SchemaView(contract);
    for (const operation of contract.operations) {
      const end = { contract, operation, view };
      const address = addressOf(contract, operation);
      if (operation.action === "send") senders.push(end);
      else if (address !== undefined) receivers.set(address, [...(receivers.get(address) ?? []), end]);
    }
  }
  for (const sender of senders) {
    const address = addressOf(sender.contract, sender.operation);
    const others = (receivers.get(address ?? "") ?? []).filter((one) => one.contract !== sender.contract);
    if (sender.operation.reply && address !== undefined && others.length === 0) yield unanswered(sender);
    for (const other of others) yield* compare(sender, other);
  }
}

function unanswered({ contract, operation }: End): Finding {
  const address = contract.channels.find((channel) => channel.key === operation.channel)?.address;
  return {
    severity: "warning",
    code: "unanswered-request",
    message: `nobody answers ${operation.id}: no document receives at '${address}'`,
    hint: "Add the document of the service that answers, or correct the address.",
    origin: operation.origin,
  };
}

function* compare(sender: End, receiver: End): Generator<Finding> {
  yield* compareMessages(
    sender,
    sender.operation.messages.map(({ key }) => key),
    receiver,
    receiver.operation.messages.map(({ key }) => key),
  );
  const [asked, answered] = [sender.operation.reply, receiver.operation.reply];
  if (!asked || !answered) return;
  yield* compareMessages(receiver, [...answered.success, ...answered.failure], sender, [
    ...asked.success,
    ...asked.failure,
  ]);
}

/** Messages are matched by their name on the wire; one alone on both sides matches whatever it is called. */
function* compareMessages(
  from: End,
  sent: readonly string[],
  to: End,
  received: readonly string[],
): Generator<Finding> {
  const [left, right] = [messagesOf(from.contract, sent), messagesOf(to.contract, received)];
  const lone = left.length === 1 && right.length === 1 ? right[0] : undefined;
  for (const message of left) {
    const other = lone ?? right.find((one) => one.name === message.name);
    if (!other || !message.payload || !other.payload) continue;
    const fault = disagreement(from.view, message.payload, to.view, other.payload);
    if (fault === undefined) continue;
    yield {
      severity: "warning",
      code: "schemas-disagree",
      message: `'${message.name}' is sent by ${from.contract.service} and received by ${to.contract.service}, but ${fault}`,
      hint: `Compare it with ${other.origin.file}${other.origin.pointer}.`,
      origin: message.origin,
    };
  }
}

function disagreement(from: SchemaView, sent: SchemaNode, to: SchemaView, received: SchemaNode): string | undefined {
  if (!overlap(from.types(sent), to.types(received))) return "the types differ";
  const [left, right] = [from.fields(sent), to.fields(received)];
  for (const name of right.required) {
    if (!left.required.has(name)) return `'${name}' is required by the receiver only`;
  }
  for (const [name, schema] of left.properties) {
    const other = right.properties.get(name);
    if (other !== undefined && !overlap(from.types(schema), to.types(other))) return `the types of '${name}' differ`;
    if (other === undefined && right.closed) return `the receiver refuses '${name}'`;
  }
  return undefined;
}

function messagesOf(contract: Contract, keys: readonly string[]): Message[] {
  return contract.messages.filter((message) => keys.includes(message.key));
}

function addressOf(contract: Contract, operation: Operation): string | undefined {
  const address = contract.channels.find((channel) => channel.key === operation.channel)?.address;
  return address === null || address === undefined ? undefined : blankAddress(address);
}
