import type { Channel, Contract, Message, Operation } from "../contract/contract.js";
import type { Use } from "./change.js";
import { type CompareSchemas, createSchemaComparison } from "./schema/differences.js";
import { type Scope, scopeOf } from "./schema/scope.js";

/** The old and the new thing that are the same to those who use them. */
export interface Pair<T> {
  readonly old: T;
  readonly now: T;
}

/** Things of two versions, put side by side. Added and gone ones have no partner. */
export interface Matched<T> {
  readonly pairs: readonly Pair<T>[];
  readonly added: readonly T[];
  readonly gone: readonly T[];
}

/** Two versions of a contract with what belongs together. */
export interface Versions extends Pair<Contract> {
  readonly scopes: Pair<Scope>;
  readonly compare: CompareSchemas;
  readonly operations: Matched<Operation>;
  readonly channels: Matched<Channel>;
  readonly messages: Matched<Message>;
  /** The new key of an old message; its old key where it has none. */
  messageKey(oldKey: string): string;
  /** What the service does with a message or a channel in either version; both where no operation says so. */
  usesOfMessage(pair: Partial<Pair<Message>>): ReadonlySet<Use>;
  usesOfChannel(pair: Partial<Pair<Channel>>): ReadonlySet<Use>;
}

/** Finds what belongs together: by key, else by what stands on the wire. */
export function matchVersions(old: Contract, now: Contract): Versions {
  const scopes = { old: scopeOf(old), now: scopeOf(now) };
  const channels = match(old.channels, now.channels, [(one) => one.key, (one) => blankAddress(one)]);
  const messages = match(old.messages, now.messages, [(one) => one.key, (one) => one.name]);
  const channelKeys = new Map(channels.pairs.map((pair) => [pair.old.key, pair.now.key]));
  const messageKeys = new Map(messages.pairs.map((pair) => [pair.old.key, pair.now.key]));
  const messageKey = (key: string): string => messageKeys.get(key) ?? key;
  const content = (operation: Operation, isOld: boolean): string => {
    const keys = operation.messages.map(({ key }) => (isOld ? messageKey(key) : key)).sort();
    const channel = isOld ? (channelKeys.get(operation.channel) ?? operation.channel) : operation.channel;
    return JSON.stringify([operation.action, channel, keys]);
  };
  const oldOperations = new Set(old.operations);
  const operations = match(old.operations, now.operations, [
    (one) => one.name,
    (one) => content(one, oldOperations.has(one)),
  ]);
  const [usedBefore, usedNow] = [usesOf(old), usesOf(now)];
  const usesIn = (kind: keyof Usage, pair: Partial<Pair<{ readonly key: string }>>): ReadonlySet<Use> => {
    const uses = new Set([
      ...(usedBefore[kind].get(pair.old?.key ?? "") ?? []),
      ...(usedNow[kind].get(pair.now?.key ?? "") ?? []),
    ]);
    return uses.size > 0 ? uses : new Set<Use>(["received", "sent"]);
  };
  return {
    old,
    now,
    scopes,
    compare: createSchemaComparison(scopes.old, scopes.now),
    operations,
    channels,
    messages,
    messageKey,
    usesOfMessage: (pair) => usesIn("messages", pair),
    usesOfChannel: (pair) => usesIn("channels", pair),
  };
}

/** An address whose parameters have no names: `tickets.{}`. `undefined` where it is known only at run time. */
export function blankAddress({ address }: Channel): string | undefined {
  return address?.replace(/\{[^}]*\}/g, "{}");
}

/** Pairs what shares an identity, trying one identity after the other; an ambiguous one pairs nothing. */
export function match<T>(
  old: readonly T[],
  now: readonly T[],
  identities: readonly ((one: T) => string | undefined)[],
): Matched<T> {
  const gone = new Set(old);
  const added = new Set(now);
  const pairs: Pair<T>[] = [];
  for (const identity of identities) {
    const [before, after] = [byIdentity(gone, identity), byIdentity(added, identity)];
    for (const [id, [one, ...others]] of before) {
      const [other, ...more] = after.get(id) ?? [];
      if (one === undefined || other === undefined || others.length + more.length > 0) continue;
      pairs.push({ old: one, now: other });
      gone.delete(one);
      added.delete(other);
    }
  }
  return { pairs, added: [...added], gone: [...gone] };
}

function byIdentity<T>(all: Iterable<T>, identity: (one: T) => string | undefined): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of all) {
    const id = identity(one);
    if (id !== undefined) found.set(id, [...(found.get(id) ?? []), one]);
  }
  return found;
}

interface Usage {
  readonly messages: Map<string, Set<Use>>;
  readonly channels: Map<string, Set<Use>>;
}

function usesOf(contract: Contract): Usage {
  const usage: Usage = { messages: new Map(), channels: new Map() };
  const add = (kind: keyof Usage, key: string | undefined, use: Use): void => {
    if (key !== undefined) usage[kind].set(key, (usage[kind].get(key) ?? new Set()).add(use));
  };
  for (const { action, channel, messages, reply } of contract.operations) {
    const use = action === "receive" ? "received" : "sent";
    const answer = action === "receive" ? "sent" : "received";
    add("channels", channel, use);
    for (const { key } of messages) add("messages", key, use);
    add("channels", reply?.channel, answer);
    for (const key of [...(reply?.success ?? []), ...(reply?.failure ?? [])]) add("messages", key, answer);
  }
  return usage;
}
