// How bad each kind of change is, for whom, and in which words: the catalogue of what `sagaspec diff` can say of a contract.
import { describe, expect, test } from "vitest";
import type { Channel, Contract, Message, Operation, Server } from "../../../generator/src/contract/contract.js";
import { diffContracts } from "../../../generator/src/diff/contracts.js";
import { contractOf } from "./contract-of.js";

const at = (pointer: string) => ({ file: "shop.yaml", pointer });

interface Parts {
  /** Received. @default a request with an answer and a failure */
  readonly order?: Partial<Operation>;
  /** Sent. @default an event */
  readonly shipping?: Partial<Operation>;
  readonly messages?: { readonly [key: string]: Partial<Message> };
  readonly channel?: Partial<Channel>;
  /** The channel is used for both directions. @default only to receive */
  readonly sends?: boolean;
  readonly server?: Partial<Server> | "none";
  readonly types?: Contract["types"];
}

const item = (key: string) => ({ key, member: key });
const reply = (...success: string[]) => ({ success, failure: ["refused"] });

function shop({ order, shipping, messages, channel, sends = true, server = {}, types }: Parts): Contract {
  const base = contractOf({
    operations: [
      { name: "order", action: "receive", messages: [item("order")], reply: reply("ordered"), ...order },
      ...(sends ? [{ name: "shipping", action: "send" as const, messages: [item("shipped")], ...shipping }] : []),
    ],
    messages: { order: {}, ordered: {}, refused: { failure: true }, shipped: {}, lost: {}, ...messages },
    channel: channel ?? {},
  });
  const main: Server = {
    name: "main",
    origin: at("#/servers/main"),
    host: "a:5672",
    protocol: "amqp",
    variables: [],
    security: [],
    bindings: {},
    extensions: {},
    ...(server === "none" ? {} : server),
  };
  return { ...base, servers: server === "none" ? [] : [main], types: types ?? [] };
}

const type = (name: string, schema: Contract["types"][number]["schema"]) => ({
  name,
  schema,
  origin: at(`#/components/schemas/${name}`),
  deprecated: false,
});
const parameter = (more: object, name = "id") => ({
  channel: {
    address: `orders.{${name}}`,
    parameters: [{ name, origin: at(`#/channels/orders/parameters/${name}`), ...more }],
  },
});
const secured = (...types: string[]) => ({ server: { security: types.map((one) => ({ type: one }) as never) } });
const variable = (more: object) => ({ server: { variables: [{ name: "env", ...more } as never] } });
const bound = (protocol: object) => ({ bindings: protocol as Channel["bindings"] });

// What happens; before; now; the changes, as `level side code: what`.
const catalogue: readonly (readonly [string, Parts, Parts, readonly string[]])[] = [
  ["a server goes", {}, { server: "none" }, ["breaking both server-removed: Server main (amqp://a:5672) is gone."]],
  ["a server comes", { server: "none" }, {}, ["compatible both server-added: Server main (amqp://a:5672) is new."]],
  [
    "a server moves, path and all",
    {},
    { server: { host: "b:5672", pathname: "/v2" } },
    ["breaking both server-moved: Server main is at amqp://b:5672/v2 now, it was at amqp://a:5672."],
  ],
  [
    "a server speaks another protocol",
    {},
    { server: { protocol: "amqps" } },
    ["breaking both server-protocol-changed: Server main speaks amqps now, it spoke amqp."],
  ],
  ["a server of another name at the same place", {}, { server: { name: "other" } }, []],
  [
    "a server asks for a credential",
    {},
    secured("plain"),
    ["breaking both security-changed: Server main asks for plain now, it asked for nothing."],
  ],
  [
    "a server asks for another one",
    secured("plain"),
    secured("X509"),
    ["breaking both security-changed: Server main asks for X509 now, it asked for plain."],
  ],
  [
    "a server takes another one as well",
    secured("plain"),
    secured("plain", "X509"),
    ["compatible both security-changed: Server main asks for X509, plain now, it asked for plain."],
  ],
  [
    "a server takes one of two no longer",
    secured("plain", "X509"),
    secured("plain"),
    ["breaking both security-changed: Server main asks for plain now, it asked for X509, plain."],
  ],
  [
    "a server asks for nothing any more",
    secured("plain"),
    {},
    ["compatible both security-changed: Server main asks for nothing now, it asked for plain."],
  ],
  ["a server names its credentials in another order", secured("plain", "X509"), secured("X509", "plain"), []],
  [
    "a variable loses a value, and has another default",
    variable({ enum: ["test", "live"], default: "test" }),
    variable({ enum: ["live"], default: "live" }),
    [
      "breaking both server-variable-narrowed: Variable env of server main can no longer be test.",
      "unknown both server-variable-default-changed: Variable env of server main has the default live now.",
    ],
  ],
  ["a variable gains a value", variable({ enum: ["a"] }), variable({ enum: ["a", "b"] }), []],
  [
    "a variable has no default any more",
    variable({ default: "a" }),
    variable({}),
    ["unknown both server-variable-default-changed: Variable env of server main has the default none now."],
  ],
  ["a variable may be anything", variable({ enum: ["a"] }), variable({}), []],
  [
    "a server's binding",
    { server: bound({ amqp: { a: 1 } }) },
    { server: bound({ amqp: { a: 2 } }) },
    ["unknown both binding-changed: The amqp binding of server main is different: a."],
  ],
  [
    "a channel goes that is only received",
    { sends: false },
    { sends: false, channel: { key: "other", address: "other" }, order: { channel: "other" } },
    [
      "breaking senders channel-removed: Channel shop.orders is gone.",
      "compatible senders channel-added: Channel other is new.",
    ],
  ],
  [
    "a channel goes that is used in both directions",
    {},
    { channel: { key: "other", address: "other" }, order: { channel: "other" }, shipping: { channel: "other" } },
    [
      "breaking both channel-removed: Channel shop.orders is gone.",
      "compatible both channel-added: Channel other is new.",
    ],
  ],
  ["a channel of another key at the same address", {}, { channel: { key: "renamed" } }, []],
  [
    "an address moves",
    {},
    { channel: { address: "shop.v2" } },
    ["breaking both address-changed: The address of channel orders is shop.v2 now, it was shop.orders."],
  ],
  [
    "an address is known at run time only",
    { sends: false },
    { sends: false, channel: { address: null as never } },
    [
      "breaking senders address-changed: The address of channel orders is known at run time only now, it was shop.orders.",
    ],
  ],
  [
    "a binding of a channel",
    { channel: bound({ amqp: { queue: "a", exchange: "x" } }) },
    { channel: bound({ amqp: { queue: "b", exclusive: true } }) },
    [
      "breaking both binding-changed: The amqp binding of channel shop.orders is different: queue, exchange, exclusive.",
    ],
  ],
  [
    "a binding of another protocol comes",
    {},
    { channel: bound({ kafka: { topic: "a" } }) },
    ["unknown both binding-added: The kafka binding of channel shop.orders is new: topic."],
  ],
  [
    "a binding goes",
    { channel: bound({ amqp: { queue: "a" } }) },
    {},
    ["breaking both binding-changed: The amqp binding of channel shop.orders is different: queue."],
  ],
  [
    "the version of a binding",
    { channel: bound({ amqp: { bindingVersion: "0.2.0" } }) },
    { channel: bound({ amqp: { bindingVersion: "0.3.0" } }) },
    [],
  ],
  [
    "a parameter comes, and with it another address",
    {},
    parameter({}),
    [
      "breaking both address-changed: The address of channel orders is orders.{id} now, it was shop.orders.",
      "breaking both parameter-added: Parameter id of channel orders.{id} is new.",
    ],
  ],
  [
    "a parameter goes, and with it another address",
    parameter({}),
    { channel: { address: "orders" } },
    [
      "breaking both address-changed: The address of channel orders is orders now, it was orders.{id}.",
      "breaking both parameter-removed: Parameter id of channel orders is gone.",
    ],
  ],
  [
    "a parameter is called otherwise",
    parameter({}),
    parameter({}, "orderId"),
    [
      "breaking both parameter-renamed: Parameter id of channel orders.{orderId} is called orderId now; nothing changes on the wire.",
    ],
  ],
  [
    "a parameter that is received and sent loses one value and gains another",
    parameter({ enum: ["a", "b"] }),
    parameter({ enum: ["b", "c"] }),
    [
      "breaking both parameter-narrowed: Parameter id of channel orders.{id} can no longer be a.",
      "breaking both parameter-widened: Parameter id of channel orders.{id} can be c now.",
    ],
  ],
  [
    "a parameter that is only received is limited",
    { sends: false, ...parameter({}) },
    { sends: false, ...parameter({ enum: ["a", "b"] }) },
    ["breaking senders parameter-narrowed: Parameter id of channel orders.{id} is limited to a, b now."],
  ],
  [
    "a parameter that is only received is no longer limited",
    { sends: false, ...parameter({ enum: ["a"] }) },
    { sends: false, ...parameter({}) },
    ["compatible senders parameter-widened: Parameter id of channel orders.{id} is no longer limited to an enum."],
  ],
  [
    "a parameter that is only sent is limited",
    { ...parameter({}), order: { action: "send", reply: undefined as never } },
    { ...parameter({ enum: ["a"] }), order: { action: "send", reply: undefined as never } },
    ["compatible receivers parameter-narrowed: Parameter id of channel orders.{id} is limited to a now."],
  ],
  [
    "a parameter loses its default",
    parameter({ default: "a" }),
    parameter({}),
    ["breaking both parameter-filling-changed: Parameter id of channel orders.{id} is filled from the caller now."],
  ],
  [
    "a parameter is read from the message instead of its default",
    parameter({ default: "a" }),
    parameter({ location: "$message.payload#/id" }),
    [
      "unknown both parameter-filling-changed: Parameter id of channel orders.{id} is filled from $message.payload#/id now.",
    ],
  ],
  [
    "a parameter gets a default",
    parameter({}),
    parameter({ default: "b" }),
    [
      "compatible both parameter-filling-changed: Parameter id of channel orders.{id} is filled from the default b now.",
    ],
  ],
  [
    "an operation of the same content has another name",
    {},
    { order: { name: "place", id: "shop.place" } },
    [
      "breaking both operation-renamed: Operation order is called place now: clients, handlers and stored sagas name it; nothing changes on the wire.",
    ],
  ],
  [
    "an operation is turned round",
    { sends: false, order: { reply: undefined as never } },
    { sends: false, order: { action: "send", reply: undefined as never } },
    ["breaking both action-changed: Operation order is turned round: the service used to receive, it sends now."],
  ],
  [
    "an operation that is received is deprecated",
    {},
    { order: { deprecated: true } },
    ["compatible senders operation-deprecated: Operation order is deprecated now."],
  ],
  ["an operation is no longer deprecated", { order: { deprecated: true } }, {}, []],
  [
    "an operation that is received takes one message less",
    { order: { messages: [item("order"), item("lost"), item("shipped")] } },
    { order: { messages: [item("order"), item("shipped")] } },
    ["breaking senders message-removed: Operation order no longer carries lost."],
  ],
  [
    "an event has one message less",
    { shipping: { messages: [item("shipped"), item("lost"), item("order")] } },
    { shipping: { messages: [item("shipped"), item("order")] } },
    ["compatible receivers message-removed: Operation shipping no longer carries lost."],
  ],
  [
    "an operation that is received takes one message more",
    { order: { messages: [item("order"), item("shipped")] } },
    { order: { messages: [item("order"), item("shipped"), item("lost")] } },
    ["compatible senders message-added: Operation order carries lost now."],
  ],
  [
    "an event has one message more, and so a member for each",
    {},
    { shipping: { messages: [item("shipped"), item("lost")] } },
    [
      "breaking receivers message-added: Operation shipping carries lost now.",
      "breaking receivers operation-shape-changed: Operation shipping has a member for each of its messages now; callers and handlers are written differently.",
    ],
  ],
  [
    "an operation has one message only now",
    { order: { messages: [item("order"), item("lost")] } },
    {},
    [
      "breaking senders message-removed: Operation order no longer carries lost.",
      "breaking senders operation-shape-changed: Operation order has one message now; callers and handlers are written differently.",
    ],
  ],
  [
    "a message of several is called otherwise",
    { order: { messages: [item("order"), item("lost")] } },
    { order: { messages: [item("order"), { key: "lost", member: "missing" }] } },
    [
      "breaking senders message-renamed: Message lost of operation order is called missing now; nothing changes on the wire.",
    ],
  ],
  ["the only message is called otherwise", {}, { order: { messages: [{ key: "order", member: "purchase" }] } }, []],
  [
    "a timeout is shortened from what is usual",
    {},
    { order: { timeoutMs: 29_999 } },
    ["unknown senders timeout-shortened: Operation order times out after 29999 ms instead of 30000 ms."],
  ],
  ["a timeout says what is usual", {}, { order: { timeoutMs: 30_000 } }, []],
  [
    "a timeout is extended to what is usual",
    { order: { timeoutMs: 5_000 } },
    {},
    ["compatible senders timeout-extended: Operation order times out after 30000 ms instead of 5000 ms."],
  ],
  [
    "a compensation comes",
    {},
    { order: { compensatedBy: "cancel" } },
    ["compatible senders compensation-changed: Operation order is undone by cancel now, it was undone by nothing."],
  ],
  [
    "a compensation goes",
    { order: { compensatedBy: "cancel" } },
    {},
    ["breaking senders compensation-changed: Operation order is undone by nothing now, it was undone by cancel."],
  ],
  [
    "duplicates are recognised otherwise",
    { order: { idempotencyKey: "$message.payload#/id" } },
    {},
    [
      "unknown senders idempotency-key-changed: Duplicates of operation order are recognised by the message id now, they were by $message.payload#/id.",
    ],
  ],
  [
    "a binding of an operation that is received",
    { order: bound({ amqp: { ack: true } }) },
    { order: bound({ amqp: { ack: false } }) },
    ["unknown senders binding-changed: The amqp binding of operation order is different: ack."],
  ],
  [
    "a binding of an event",
    { shipping: bound({ amqp: { ack: true } }) },
    { shipping: bound({ amqp: { ack: false } }) },
    ["unknown receivers binding-changed: The amqp binding of operation shipping is different: ack."],
  ],
  [
    "an event is answered now",
    {},
    { shipping: { reply: reply("ordered") } },
    ["breaking both reply-added: Operation shipping is answered now: it is a request, no longer a one-way message."],
  ],
  [
    "a request is no longer answered",
    {},
    { order: { reply: undefined as never } },
    ["breaking both reply-removed: Operation order is no longer answered: those who wait for its reply wait in vain."],
  ],
  [
    "a request may be answered otherwise as well",
    {},
    { order: { reply: reply("ordered", "lost") } },
    [
      "breaking receivers success-added: Operation order may be answered with the success lost now.",
      "breaking both answer-shape-changed: Operation order returns one of several named answers now; callers and handlers are written differently.",
    ],
  ],
  [
    "a request is answered in one way only now",
    { order: { reply: reply("ordered", "lost") } },
    {},
    [
      "breaking both answer-shape-changed: Operation order returns its only answer now; callers and handlers are written differently.",
      "compatible receivers success-removed: Operation order is no longer answered with the success lost.",
    ],
  ],
  [
    "a request fails in one way less",
    {},
    { order: { reply: { success: ["ordered"], failure: [] } } },
    ["compatible receivers failure-removed: Operation order is no longer answered with the failure refused."],
  ],
  [
    "what the service asks others may fail in a new way: those have to say so",
    { shipping: { reply: { success: ["ordered"], failure: [] } } },
    { shipping: { reply: reply("ordered") } },
    ["compatible senders failure-added: Operation shipping may be answered with the failure refused now."],
  ],
  [
    "what the service asks others does not fail in a way any more: those must not say so",
    { shipping: { reply: reply("ordered") } },
    { shipping: { reply: { success: ["ordered"], failure: [] } } },
    ["breaking senders failure-removed: Operation shipping is no longer answered with the failure refused."],
  ],
  [
    "a failure becomes a success",
    { order: { reply: reply("ordered") } },
    { order: { reply: { success: ["refused"], failure: ["ordered"] } } },
    [
      "breaking both answer-turned: The answer refused of operation order is a success now, it was a failure.",
      "breaking both answer-turned: The answer ordered of operation order is a failure now, it was a success.",
    ],
  ],
  [
    "the reply address is declared now",
    {},
    { order: { reply: { ...reply("ordered"), address: "$message.header#/to" } } },
    [
      "breaking senders reply-address-changed: The reply address of operation order is read from $message.header#/to now, it was from the protocol's own place.",
    ],
  ],
  [
    "the reply address of what the service asks is not declared any more",
    { shipping: { reply: { ...reply("ordered"), address: "$message.header#/to" } } },
    { shipping: { reply: reply("ordered") } },
    [
      "compatible receivers reply-address-changed: The reply address of operation shipping is read from the protocol's own place now, it was from $message.header#/to.",
    ],
  ],
  [
    "a message has another name on the wire",
    {},
    { messages: { order: { name: "PlaceOrder" } } },
    ["breaking senders message-name-changed: Message order is named PlaceOrder on the wire now."],
  ],
  [
    "a message has another content type",
    {},
    { messages: { shipped: { contentType: "text/plain" } } },
    ["breaking receivers content-type-changed: Message shipped is text/plain now, it was application/json."],
  ],
  [
    "a message is deprecated",
    {},
    { messages: { shipped: { deprecated: true } } },
    ["compatible receivers message-deprecated: Message shipped is deprecated now."],
  ],
  ["a message is no longer deprecated", { messages: { shipped: { deprecated: true } } }, {}, []],
  [
    "a correlation id has a declared place now",
    {},
    { messages: { shipped: { correlationId: "$message.header#/id" } } },
    [
      "compatible receivers correlation-id-changed: The correlation id of message shipped stands in $message.header#/id now, it stood in the protocol's own place.",
    ],
  ],
  [
    "a correlation id that is sent has no declared place any more",
    { messages: { shipped: { correlationId: "$message.header#/id" } } },
    {},
    [
      "breaking receivers correlation-id-changed: The correlation id of message shipped stands in the protocol's own place now, it stood in $message.header#/id.",
    ],
  ],
  [
    "a correlation id that is received has no declared place any more",
    { messages: { order: { correlationId: "$message.header#/id" } } },
    {},
    [
      "compatible senders correlation-id-changed: The correlation id of message order stands in the protocol's own place now, it stood in $message.header#/id.",
    ],
  ],
  [
    "a correlation id that is received has another place",
    { messages: { order: { correlationId: "$message.header#/id" } } },
    { messages: { order: { correlationId: "$message.header#/key" } } },
    [
      "breaking senders correlation-id-changed: The correlation id of message order stands in $message.header#/key now, it stood in $message.header#/id.",
    ],
  ],
  [
    "a binding of a message",
    { messages: { shipped: bound({ amqp: { messageType: "a" } }) } },
    { messages: { shipped: bound({ amqp: { messageType: "b" } }) } },
    ["unknown receivers binding-changed: The amqp binding of message shipped is different: messageType."],
  ],
  [
    "a payload comes where there was none",
    {},
    { messages: { shipped: { payload: { type: "object" } } } },
    ["breaking receivers type-changed: Message shipped, payload: the type null becomes object."],
  ],
  [
    "a header is required now",
    {},
    { messages: { order: { headers: { type: "object", required: ["tenant"], properties: { tenant: {} } } } } },
    ["breaking senders field-now-required: Message order, headers `tenant`: is required now."],
  ],
  [
    "a type is called otherwise",
    { types: [type("Order", { type: "string" })] },
    { types: [type("Purchase", { type: "string" })] },
    ["compatible both type-renamed: Type Order is called Purchase now; nothing changes on the wire."],
  ],
  [
    "a type goes, and another one comes",
    { types: [type("Order", { type: "string" })] },
    { types: [type("Purchase", { type: "number" })] },
    ["compatible both type-removed: Type Order is no longer generated."],
  ],
];

describe("the catalogue of changes", () => {
  test.each(catalogue)("%s", (_, old, now, expected) => {
    const changes = diffContracts(shop(old), shop(now));
    expect(changes.map(({ level, side, code, what }) => `${level} ${side} ${code}: ${what}`)).toEqual(expected);
  });

  test("each change leads to where it is in the document", () => {
    const places = (old: Parts, now: Parts) => diffContracts(shop(old), shop(now)).map(({ pointer }) => pointer);
    expect(places({}, { server: { host: "b" } })).toEqual(["#/servers/main"]);
    expect(places({}, { channel: { address: "b" } })).toEqual(["#/channels/orders/address"]);
    expect(places({}, parameter({})).at(-1)).toBe("#/channels/orders/parameters/id");
    expect(places({}, { channel: bound({ "a/b": { c: 1 } }) })).toEqual(["#/channels/orders/bindings/a~1b"]);
    expect(places({}, { order: { deprecated: true } })).toEqual(["#/operations/order"]);
    expect(places({}, { messages: { order: { contentType: "text/plain" } } })).toEqual([
      "#/components/messages/order/contentType",
    ]);
    expect(places({}, { messages: { order: { correlationId: "$message.header#/id" } } })).toEqual([
      "#/components/messages/order/correlationId",
    ]);
  });
});
