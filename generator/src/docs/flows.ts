import type { Channel, Contract, Operation } from "../contract/contract.js";
import { allSteps, type SagaOutline } from "./sagas/outline.js";

/** A service or a saga that sends or receives messages. */
export interface Participant {
  readonly kind: "service" | "saga";
  readonly name: string;
}

/** Messages that go from one participant to another. */
export interface Flow {
  readonly from: Participant;
  readonly to: Participant;
  /** Id of the operation that declares it: the receiver's, if it has one. */
  readonly operation: string;
  /** Id of the sender's operation, where a document declares the sending. */
  readonly sentBy?: string;
  /** Names on the wire. */
  readonly messages: readonly string[];
  readonly address: string;
  /** Whether an answer comes back. */
  readonly reply: boolean;
}

/**
 * Who sends what to whom. A send and a receive of different services belong together where their channels have the same
 * address; names of parameters do not count. A step of a saga belongs to the operation that it names.
 */
export function findFlows(contracts: readonly Contract[], sagas: readonly SagaOutline[]): readonly Flow[] {
  return [...betweenServices(contracts), ...fromSagas(contracts, sagas)];
}

interface End {
  readonly contract: Contract;
  readonly operation: Operation;
  readonly channel: Channel;
  readonly names: readonly string[];
}

function betweenServices(contracts: readonly Contract[]): Flow[] {
  const receivers = new Map<string, End[]>();
  const senders: { readonly end: End; readonly address: string }[] = [];
  for (const end of contracts.flatMap(endsOf)) {
    const address = addressKey(end.channel.address);
    if (address === undefined) continue;
    if (end.operation.action === "send") senders.push({ end, address });
    else receivers.set(address, [...(receivers.get(address) ?? []), end]);
  }
  return senders.flatMap(({ end, address }) =>
    (receivers.get(address) ?? [])
      .filter((receiver) => receiver.contract !== end.contract)
      .map((receiver) => meet(end, receiver))
      .filter((flow) => flow.messages.length > 0),
  );
}

function meet(sender: End, receiver: End): Flow {
  return {
    from: { kind: "service", name: sender.contract.service },
    to: { kind: "service", name: receiver.contract.service },
    operation: receiver.operation.id,
    sentBy: sender.operation.id,
    messages: sender.names.filter((name) => receiver.names.includes(name)),
    address: sender.channel.address ?? "",
    reply: receiver.operation.reply !== undefined,
  };
}

function fromSagas(contracts: readonly Contract[], sagas: readonly SagaOutline[]): Flow[] {
  const ends = new Map(contracts.flatMap(endsOf).map((end) => [end.operation.id, end]));
  return sagas.flatMap((saga) => {
    const actions = allSteps(saga.steps).flatMap((step) => [step.action ?? [], step.compensate ?? []].flat());
    const kinds = new Map(actions.map(({ operation = "", kind }) => [operation, kind]));
    return [...kinds].flatMap(([id, kind]): Flow[] => {
      const end = ends.get(id) ?? ends.get(id.slice(0, id.lastIndexOf(".")));
      if (end === undefined) return [];
      const awaited = kind === "wait";
      const self: Participant = { kind: "saga", name: saga.name };
      const service: Participant = { kind: "service", name: end.contract.service };
      return [
        {
          from: awaited ? service : self,
          to: awaited ? self : service,
          operation: end.operation.id,
          messages: end.names,
          address: end.channel.address ?? "",
          reply: end.operation.reply !== undefined,
        },
      ];
    });
  });
}

function endsOf(contract: Contract): End[] {
  const channels = new Map(contract.channels.map((channel) => [channel.key, channel]));
  const names = new Map(contract.messages.map((message) => [message.key, message.name]));
  return contract.operations.flatMap((operation) => {
    const channel = channels.get(operation.channel);
    if (channel === undefined) return [];
    return [{ contract, operation, channel, names: operation.messages.map(({ key }) => names.get(key) ?? key) }];
  });
}

/** The address without the names of its parameters, which each side chooses. */
function addressKey(address: string | null): string | undefined {
  return address?.replaceAll(/\{[^}]*\}/g, "{}");
}
