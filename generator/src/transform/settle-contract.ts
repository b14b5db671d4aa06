import type { Channel, Contract, NamedType, Operation } from "../contract/contract.js";
import type { ChannelDraft } from "./channel.js";
import { channelName } from "./channel-list.js";
import { derivedConstants } from "./derived-names.js";
import type { MessageTable } from "./message.js";
import { constName, isTakenType, memberName, numbered, typeName } from "./names.js";
import { type NameCandidate, settleNames } from "./settle-names.js";

/** A contract's parts with the names that generated code has for them. */
type Settled = Pick<Contract, "types" | "messages" | "channels" | "operations"> & { readonly stem: string };

/**
 * Settles everything that is derived from names: after the types, in one table with them, so that nothing in a generated
 * folder is called as something else in it.
 */
export function settleContract(
  service: string,
  types: readonly NamedType[],
  messages: MessageTable,
  channels: readonly ChannelDraft[],
  operations: readonly Operation[],
): Settled {
  const typeNames = new Set(types.map((type) => type.name));
  const stem = contractStem(service, typeNames);
  const parts = contractParts.map((part) => stem + part);
  const parameters = parametersTypes(channels, new Set([...typeNames, ...parts]));
  const ownTypes = new Set(types.flatMap((type) => (type.module === undefined ? type.name : [])));
  const sharedNames = types.flatMap(({ name, module, schemaName, definitionName }) =>
    module === undefined ? [] : [name, schemaName ?? `${name}Schema`, definitionName ?? `${name}Definition`],
  );
  const declared = [...parts, ...sharedNames, ...parameters.flatMap((name) => name ?? [])];
  const constants = derivedConstants(ownTypes, new Set(declared));
  const finished = types.map((type) => (type.module === undefined ? { ...type, ...constants.get(type.name) } : type));

  const constant = constName(service);
  const schemas = finished.flatMap(({ name, schemaName, definitionName }) => [
    schemaName ?? `${name}Schema`,
    definitionName ?? `${name}Definition`,
  ]);
  const taken = new Set([...typeNames, ...declared, ...schemas, constant, `${constant}Events`, "servers"]);
  const drafts = messages.all;
  const names = settleNames(
    [
      ...drafts.map(([, { stems }]) => ({ rank: 0, candidates: stems.map(asConstant("message")) })),
      ...channels.map(({ key }) => channelClaim(key)),
      ...operations.map(({ name }) => ({
        rank: 4,
        candidates: ["Operation", "OperationDescriptor"].map((ending) => ({ name: memberName(name) + ending })),
      })),
    ],
    (name) => taken.has(name) || taken.has(`${name}Examples`) || isTakenType(name),
  );
  const [ofMessages, rest] = [names.slice(0, drafts.length), names.slice(drafts.length)];
  const [ofChannels, ofOperations] = [rest.slice(0, channels.length), rest.slice(channels.length)];

  const keys = messages.settleKeys();
  const keyOf = (id: string): string => keys.get(id) ?? id;
  return {
    stem,
    types: finished,
    messages: drafts.map(([id, { stems: _stems, owner: _owner, node: _node, ...message }], index) => ({
      ...message,
      key: keyOf(id),
      constName: ofMessages[index] ?? "message",
    })),
    channels: channels.map((draft, index): Channel => {
      const parametersType = parameters[index];
      return {
        ...draft,
        messages: draft.messages.map(keyOf),
        constName: ofChannels[index] ?? "channel",
        ...(parametersType === undefined ? {} : { parametersType }),
      };
    }),
    operations: operations.map((one, index) => withNames(one, ofOperations[index] ?? "", keyOf)),
  };
}

function withNames(operation: Operation, constant: string, keyOf: (id: string) => string): Operation {
  const { reply, messages } = operation;
  return {
    ...operation,
    ...(constant === `${operation.name}Operation` ? {} : { constName: constant }),
    messages: messages.map((one) => ({ ...one, key: keyOf(one.key) })),
    ...(reply && { reply: { ...reply, success: reply.success.map(keyOf), failure: reply.failure.map(keyOf) } }),
  };
}

const contractParts = ["Contract", "Client", "Handlers", "EventsContract", "EventsClient", "EventsHandlers"];

/** `Order`, or `OrderService` where the document has a type with one of the names that are derived from it. */
function contractStem(service: string, types: ReadonlySet<string>): string {
  const stem = typeName(service) || "Service";
  const isFree = (name: string): boolean =>
    contractParts.every((part) => !types.has(name + part) && !isTakenType(name + part));
  return isFree(stem) ? stem : numbered(`${stem}Service`, isFree);
}

/** `TicketsParameters` of each channel that has any; where two would be called so, with the parameters' names. */
function parametersTypes(channels: readonly ChannelDraft[], taken: ReadonlySet<string>): (string | undefined)[] {
  const withAny = channels.filter((one) => one.parameters.length > 0);
  const claims = withAny.map(({ key }) => {
    const names = [channelName(key), constName(key)].map((one) => `${typeName(one)}Parameters`);
    return { rank: 0, candidates: [...names, `${names[0]}Type`].map((name) => ({ name })) };
  });
  const names = settleNames(claims, (name) => taken.has(name) || isTakenType(name));
  return channels.map((one) => names[withAny.indexOf(one)]);
}

/** A channel without parameters has more right to its name than one that only shares the words. */
function channelClaim(key: string): { rank: number; candidates: NameCandidate[] } {
  const [short, full] = [channelName(key), constName(key)];
  const candidates: NameCandidate[] = [
    { name: short },
    { name: `${short}Channel`, onlyBehindStronger: true },
    ...[full, `${full}Channel`].filter((name) => name !== "").map((name) => ({ name })),
  ];
  return { rank: short === full ? 2 : 3, candidates };
}

const asConstant =
  (instead: string) =>
  ({ name, ...candidate }: NameCandidate): NameCandidate => ({ ...candidate, name: constName(name) || instead });
