import type { Contract, Message } from "../contract/contract.js";
import type { Finding } from "./rule.js";
import { blankAddress, overlap, SchemaView } from "./schema-view.js";

/**
 * Messages of one operation are told apart by their name on the wire, else by a constant, else by their schemas.
 * Two that share all of these cannot be; two that share only the schema need a peer that sends the name.
 */
export function* ambiguousMessages(contracts: readonly Contract[]): Generator<Finding> {
  for (const contract of contracts) {
    const view = new SchemaView(contract);
    const messages = new Map(contract.messages.map((message) => [message.key, message]));
    for (const operation of contract.operations) {
      const own = operation.messages.flatMap(({ key }) => messages.get(key) ?? []);
      for (const [one, other] of pairs(own)) {
        if (areDistinct(view, one, other)) continue;
        const sameName = one.name === other.name;
        yield {
          severity: sameName ? "warning" : "info",
          code: "ambiguous-messages",
          message: `${operation.id} cannot tell '${one.key}' from '${other.key}'${sameName ? "" : " when a peer sends no message name"}`,
          hint: "Give both a property with a different `const`, or different required fields and `additionalProperties: false`.",
          origin: operation.origin,
        };
      }
    }
  }
}

/**
 * Two operations of one direction that carry the same message at one address: who receives it cannot know which is
 * meant, so nobody handles it and every request times out.
 */
export function* ambiguousOperations(contracts: readonly Contract[]): Generator<Finding> {
  for (const contract of contracts) {
    const addresses = new Map(contract.channels.map(({ key, address }) => [key, address]));
    const first = new Map<string, string>();
    for (const operation of contract.operations) {
      const address = addresses.get(operation.channel);
      if (address === null || address === undefined) continue;
      for (const { key } of operation.messages) {
        const place = [operation.action, blankAddress(address), key].join("\n");
        const other = first.get(place);
        if (other === undefined) first.set(place, operation.name);
        else if (other !== operation.name) {
          yield {
            severity: "warning",
            code: "ambiguous-operations",
            message: `${operation.id} and '${other}' take the same message '${key}' at '${address}': which is meant cannot be told`,
            hint: "Give one of them a channel with another address, or a message of its own.",
            origin: operation.origin,
          };
          break;
        }
      }
    }
  }
}

/** Neighbours first; each pair once, and only so many that a list of a thousand messages is still quick. */
function* pairs(messages: readonly Message[]): Generator<[Message, Message]> {
  const few = messages.slice(0, 64);
  for (const [index, one] of few.entries()) for (const other of few.slice(index + 1)) yield [one, other];
}

function areDistinct(view: SchemaView, one: Message, other: Message): boolean {
  if ((one.payload === undefined) !== (other.payload === undefined)) return true;
  return differ(view, one.payload, other.payload) || differ(view, one.headers, other.headers);
}

function differ(view: SchemaView, one: Message["payload"], other: Message["payload"]): boolean {
  if (!overlap(view.types(one), view.types(other))) return true;
  const [left, right] = [view.fields(one), view.fields(other)];
  for (const [name, schema] of left.properties) {
    const [a, b] = [view.only(schema), view.only(right.properties.get(name))];
    if (a !== undefined && b !== undefined && a !== b) return true;
  }
  return forbids(left, right) || forbids(right, left);
}

type Fields = ReturnType<SchemaView["fields"]>;

function forbids(closed: Fields, other: Fields): boolean {
  return closed.closed && [...other.required].some((name) => !closed.properties.has(name));
}
