/** One transport made of several: each message goes by the protocol that its document gives its channel. */
import { SagaspecError } from "../core/errors.js";
import type { Endpoint, Incoming, Outgoing, SendResult, Source, Subscription, Transport } from "./transport.js";

/** Transports by protocol, as servers name it: `{ amqp, https, kafka }`. */
export type Transports = { readonly [protocol: string]: Transport };

// Protocols of which one transport does for the other.
const kin: { readonly [protocol: string]: readonly string[] } = {
  amqp: ["amqps"],
  amqps: ["amqp"],
  http: ["https"],
  https: ["http"],
  kafka: ["kafka-secure"],
  "kafka-secure": ["kafka"],
};
const mark = "routed:";

/**
 * A transport made of several. A channel goes by the first of its servers for whose protocol there is a transport;
 * `choices` decides otherwise, by operation (`"restaurant.createTicket"`) or service. Closing it closes all of them.
 * It promises what each of them promises.
 * @throws SagaspecError `invalid-usage` for a choice that is none of the protocols; at the start of a client, server or
 * runner for an operation without a transport
 * @example
 * const transport = routed({ amqp, https }, { accounting: "https" });
 */
export function routed(
  transports: Transports,
  choices: { readonly [operationOrService: string]: string } = {},
): Transport {
  const all = Object.entries(transports);
  const has = (protocol: string) => Object.hasOwn(transports, protocol);
  for (const [subject, protocol] of Object.entries(choices)) if (!has(protocol)) throw missing(subject, [protocol]);
  if (all.length === 0)
    throw new SagaspecError("invalid-usage", "routed: there is no transport; pass { amqp, https, ... }");
  const only = all.length === 1 ? all[0]?.[0] : undefined;

  function protocolOf({ operations = [], service, address }: Endpoint): string {
    const operation = operations[0];
    const chosen = (operation && choices[operation.id]) ?? choices[service];
    if (chosen !== undefined) return chosen;
    const servers = (operation?.channel.servers ?? []).map(({ protocol }) => protocol.toLowerCase());
    for (const protocol of servers) {
      const found = [protocol, ...(kin[protocol] ?? [])].find(has);
      if (found !== undefined) return found;
    }
    if (servers.length === 0 && only !== undefined) return only;
    throw missing(operation?.id ?? `${service}: "${address}"`, servers);
  }

  function missing(subject: string, protocols: readonly string[]): SagaspecError {
    const what =
      protocols.length === 0 ? "its document names no server" : `there is no transport for ${protocols.join(" or ")}`;
    const names = all.map(([name]) => name).join(", ");
    const text = `${subject}: ${what}, only for ${names}; add one, or choose with routed(..., { "${subject}": "${all[0]?.[0] ?? "amqp"}" })`;
    return new SagaspecError("invalid-usage", text);
  }

  function byProtocol<Item>(items: readonly Item[], protocol: (item: Item) => readonly string[]): Map<string, Item[]> {
    const groups = new Map<string, Item[]>();
    for (const item of items) for (const name of protocol(item)) groups.set(name, [...(groups.get(name) ?? []), item]);
    return groups;
  }

  const at = (protocol: string) => transports[protocol] as Transport;
  const sourceProtocols = (source: Source) =>
    "repliesOf" in source ? all.map(([name]) => name) : [protocolOf(source)];

  /** Where a message goes, and as the transport there reads it. */
  function addressed(message: Outgoing): { readonly protocol: string; readonly message: Outgoing } | undefined {
    const { to, replyTo } = message;
    if ("reply" in to) {
      const tokens = tokensIn(to.reply);
      const [protocol, reply] = Object.entries(tokens)[0] ?? [];
      return protocol === undefined || reply === undefined || !has(protocol)
        ? undefined
        : { protocol, message: { ...message, to: { reply } } };
    }
    const protocol = protocolOf(to);
    if (replyTo === undefined || !replyTo.startsWith(mark)) return { protocol, message };
    const own = tokensIn(replyTo)[protocol];
    const { replyTo: _, ...rest } = message;
    return { protocol, message: own === undefined ? rest : { ...rest, replyTo: own } };
  }

  async function send(batch: readonly Outgoing[]): Promise<readonly SendResult[]> {
    const results: SendResult[] = batch.map(() => "unroutable");
    const groups = new Map<string, { readonly index: number; readonly message: Outgoing }[]>();
    for (const [index, one] of batch.entries()) {
      try {
        const found = addressed(one);
        if (found)
          groups.set(found.protocol, [...(groups.get(found.protocol) ?? []), { index, message: found.message }]);
      } catch (error) {
        results[index] = { refused: (error as Error).message, retryable: false };
      }
    }
    await Promise.all(
      Array.from(groups, async ([protocol, group]) => {
        const sent = await at(protocol).send(group.map(({ message }) => message));
        for (const [position, { index }] of group.entries()) results[index] = sent[position] ?? "unknown";
      }),
    );
    return results;
  }

  const traits = all.map(([, transport]) => transport.traits);
  const orders = traits.map(({ order }) => order);
  return {
    traits: {
      durable: traits.every(({ durable }) => durable),
      redelivers: traits.every(({ redelivers }) => redelivers),
      expires: traits.every(({ expires }) => expires),
      knowsReceivers: traits.every(({ knowsReceivers }) => knowsReceivers),
      order: orders.includes("none") ? "none" : orders.includes("key") ? "key" : "all",
    },
    opensParameters: (endpoint) => at(protocolOf(endpoint)).opensParameters?.(endpoint) === true,
    check(endpoints) {
      for (const [protocol, some] of byProtocol(endpoints, (one) => [protocolOf(one)])) at(protocol).check?.(some);
    },
    async prepare(sources, mode) {
      const groups = [...byProtocol(sources, sourceProtocols)];
      return (await Promise.all(groups.map(([protocol, some]) => at(protocol).prepare(some, mode)))).flat();
    },
    send,
    async subscribe(from, options, on): Promise<Subscription> {
      const parts: (readonly [string, Subscription])[] = [];
      try {
        for (const protocol of sourceProtocols(from)) {
          const subscription = await at(protocol).subscribe(from, options, (batch) =>
            on(
              batch.map((incoming) => {
                const { replyTo } = incoming;
                return replyTo === undefined ? incoming : readdressed(incoming, tokenOf({ [protocol]: replyTo }));
              }),
            ),
          );
          parts.push([protocol, subscription]);
        }
      } catch (error) {
        await Promise.allSettled(parts.map(([, subscription]) => subscription.stop()));
        throw error;
      }
      const each = parts.map(([, subscription]) => subscription);
      return {
        address: tokenOf(Object.fromEntries(parts.map(([protocol, { address }]) => [protocol, address]))),
        connected: () => each.every((one) => one.connected()),
        idleSince() {
          const times = each.map((one) => one.idleSince());
          return times.some((time) => time === undefined) ? undefined : Math.max(...(times as number[]));
        },
        async stop() {
          await Promise.all(each.map((one) => one.stop()));
        },
      };
    },
    async close() {
      await Promise.all(all.map(([, transport]) => transport.close()));
    },
  };
}

/** The delivery with another reply address. What a transport hands out may be an object of a class of its own. */
function readdressed(incoming: Incoming, replyTo: string): Incoming {
  const { id, type, body, contentType, headers, sentAt, deliveries } = incoming;
  const { correlationId, partitionKey, expiresAt, address, parameters, position } = incoming;
  return {
    id,
    type,
    body,
    contentType,
    headers,
    sentAt,
    deliveries,
    replyTo,
    ...(correlationId !== undefined && { correlationId }),
    ...(partitionKey !== undefined && { partitionKey }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(address !== undefined && { address }),
    ...(parameters !== undefined && { parameters }),
    ...(position !== undefined && { position }),
    ...(incoming.isChosenId && { isChosenId: true }),
    settle: (verdict) => incoming.settle(verdict),
  };
}

function tokenOf(tokens: { readonly [protocol: string]: string }): string {
  return mark + JSON.stringify(tokens);
}

function tokensIn(token: string): { readonly [protocol: string]: string } {
  if (!token.startsWith(mark)) return {};
  try {
    const tokens = JSON.parse(token.slice(mark.length));
    return typeof tokens === "object" && tokens !== null ? tokens : {};
  } catch {
    return {};
  }
}
