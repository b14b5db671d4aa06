import type { Channel, Contract, Operation } from "../contract/contract.js";

/** Names on RabbitMQ as the runtime's AMQP transport gives them. */
export interface BrokerNames {
  readonly exchange?: string;
  readonly routingKey?: string;
  readonly queue: string;
  /** The queue of messages that were set aside. */
  readonly deadLetters: string;
}

/** Stands for the name that a service subscribes under. */
const GROUP = "<group>";

/** Names on RabbitMQ of what carries an operation's messages; undefined where its servers speak other protocols. */
export function brokerNames(
  { channel, operation }: { readonly channel: Channel | undefined; readonly operation: Operation },
  contract: Contract,
): BrokerNames | undefined {
  if (channel?.address == null || !speaksAmqp(channel, contract)) return undefined;
  const { address } = channel;
  const { is, exchange, queue } = amqpBinding(channel, operation);
  const named = textOf(exchange.name);
  const isDefault = exchange.name === "" || exchange.type === "default";
  const direct =
    is === "queue" || isDefault || (is === undefined && named === undefined && operation.action === "receive");
  const declared = textOf(queue.name);
  if (direct) {
    const name = declared ?? address;
    return { queue: name, deadLetters: `${name}.dead` };
  }
  const family = declared ?? (operation.action === "send" ? `${GROUP}.${address}` : address);
  return {
    exchange: named ?? contract.service,
    routingKey: address,
    queue: family,
    deadLetters: `${family}.dead`,
  };
}

function speaksAmqp(channel: Channel, { servers }: Contract): boolean {
  const used = channel.servers.length === 0 ? servers : servers.filter(({ name }) => channel.servers.includes(name));
  return used.length === 0 || used.some(({ protocol }) => /^amqps?$/i.test(protocol));
}

interface Binding {
  readonly is: unknown;
  readonly exchange: { readonly [key: string]: unknown };
  readonly queue: { readonly [key: string]: unknown };
}

/** The operation's own binding counts before that of its channel. */
function amqpBinding(channel: Channel, operation: Operation): Binding {
  const { is, exchange, queue } = { ...channel.bindings.amqp, ...operation.bindings.amqp };
  return { is, exchange: objectOf(exchange), queue: objectOf(queue) };
}

const objectOf = (value: unknown): { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null ? (value as { readonly [key: string]: unknown }) : {};

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
