import { describe, expect, it } from "vitest";
import type { Channel, Contract, Message, Operation } from "../../../generator/src/contract/contract.js";
import { diffContracts } from "../../../generator/src/diff/contracts.js";
import { contractOf } from "./contract-of.js";

const ticketId = { type: "object", properties: { ticketId: { type: "integer" } }, required: ["ticketId"] } as const;
const at = (pointer: string) => ({ file: "shop.yaml", pointer });

interface Parts {
  readonly request?: Partial<Operation>;
  readonly event?: Partial<Operation>;
  readonly messages?: { readonly [key: string]: Partial<Message> };
  readonly channel?: Partial<Channel>;
  readonly contract?: Partial<Contract>;
}

/** A request with an answer and a failure, and an event. */
function shop({ request, event, messages, channel, contract }: Parts = {}): Contract {
  return contractOf({
    operations: [
      {
        name: "order",
        action: "receive",
        messages: [{ key: "order", member: "order" }],
        reply: { success: ["ordered"], failure: ["refused"] },
        ...request,
      },
      { name: "shipping", action: "send", messages: [{ key: "shipped", member: "shipped" }], ...event },
    ],
    messages: {
      order: { payload: { type: "object" } },
      ordered: { payload: ticketId },
      refused: { payload: { enum: ["closed"] }, failure: true },
      shipped: { payload: ticketId },
      ...messages,
    },
    ...(channel && { channel }),
    ...(contract && { contract }),
  });
}

/** `breaking senders operation-removed shop.order`, for each change. */
function changes(old: Parts, now: Parts): string[] {
  return diffContracts(shop(old), shop(now)).map(({ level, side, code, symbol }) =>
    [level, side, code, ...(symbol ? [symbol] : [])].join(" "),
  );
}

describe("a contract that changes", () => {
  it("has not changed when only its version and words are different", () => {
    const contract = { version: "2.0.0", title: "New shop", description: "words" };
    const words = {
      title: "t",
      summary: "s",
      description: "d",
      examples: [{ origin: { file: "shop.yaml", pointer: "" }, payload: {} }],
    };
    expect(changes({}, { contract, messages: { order: { payload: { type: "object" }, ...words } } })).toEqual([]);
  });

  it("breaks the senders of an operation that is gone, and nobody by a new one", () => {
    const without = { ...shop(), operations: shop().operations.slice(1) };
    const removed = diffContracts(shop(), without).filter(({ code }) => code.startsWith("operation"));
    expect(removed).toEqual([
      {
        level: "breaking",
        code: "operation-removed",
        what: "Operation order is gone.",
        pointer: "#/operations/order",
        symbol: "shop.order",
        side: "senders",
      },
    ]);
    expect(diffContracts(without, shop()).map(({ level }) => level)).not.toContain("breaking");
  });

  it("tells a renamed operation from one that is removed and another that is added", () => {
    expect(changes({}, { request: { name: "placeOrder", id: "shop.placeOrder" } })).toEqual([
      "breaking both operation-renamed shop.order",
    ]);
  });

  it("breaks both sides when an operation is turned round", () => {
    expect(changes({}, { event: { action: "receive" } })).toContain("breaking both action-changed shop.shipping");
  });

  it("breaks callers by a new failure, and nobody by one that goes", () => {
    const more = { request: { reply: { success: ["ordered"], failure: ["refused", "shipped"] } } };
    expect(changes({}, more)).toContain("breaking receivers failure-added shop.order.shipped");
    expect(changes(more, {})).toContain("compatible receivers failure-removed shop.order.shipped");
  });

  it("breaks both sides when an answer comes or goes", () => {
    const silent = { ...shop(), operations: shop().operations.map(({ reply: _, ...one }) => one) };
    expect(diffContracts(shop(), silent)).toMatchObject([{ level: "breaking", code: "reply-removed", side: "both" }]);
    expect(diffContracts(silent, shop())[0]).toMatchObject({ level: "breaking", code: "reply-added" });
  });

  it("judges the schema of a reply as something that is sent", () => {
    const looser = { ordered: { payload: { ...ticketId, required: [] } } };
    expect(changes({}, { messages: looser })).toEqual(["breaking receivers field-no-longer-required"]);
    expect(changes({ messages: looser }, {})).toEqual(["compatible receivers field-now-required"]);
  });

  it("judges the failures of a request of its own as something that it receives", () => {
    const asks = {
      event: { reply: { success: ["ordered"], failure: [] } },
      request: { reply: { success: [], failure: [] } },
    };
    const stricter = { ordered: { payload: { ...ticketId, required: ["ticketId", "at"] } } };
    expect(changes(asks, { ...asks, messages: stricter })).toEqual(["breaking senders field-now-required"]);
  });

  it("breaks receivers by a message that an event did not have", () => {
    const two = {
      event: {
        messages: [
          { key: "shipped", member: "shipped" },
          { key: "refused", member: "refused" },
        ],
      },
    };
    expect(changes({}, two)).toEqual(
      expect.arrayContaining([
        "breaking receivers message-added shop.shipping.refused",
        "breaking receivers operation-shape-changed shop.shipping",
      ]),
    );
  });

  it("follows a message by its name on the wire when its key changes", () => {
    expect(changes({}, { messages: { order: { payload: { type: "object" }, name: "PlaceOrder" } } })).toEqual([
      "breaking senders message-name-changed order",
    ]);
  });

  it("breaks by another content type and another place of the correlation id", () => {
    const payload = { type: "object" };
    const old = { messages: { order: { payload, correlationId: "$message.header#/id" } } };
    const now = { messages: { order: { payload, correlationId: "$message.payload#/id", contentType: "text/plain" } } };
    expect(changes(old, now)).toEqual([
      "breaking senders content-type-changed",
      "breaking senders correlation-id-changed",
    ]);
  });

  it("breaks senders by a header that is required now", () => {
    const headers = { type: "object", required: ["tenant"], properties: { tenant: { type: "string" } } };
    const order = { payload: { type: "object" } };
    expect(changes({}, { messages: { order: { ...order, headers } } })).toEqual([
      "breaking senders field-now-required",
    ]);
  });

  it("breaks by an address that moves and by a queue with another name", () => {
    const queue = (name: string) => ({ bindings: { amqp: { is: "queue", queue: { name }, bindingVersion: "0.3.0" } } });
    expect(changes({}, { channel: { address: "shop.v2.orders" } })).toEqual(["breaking both address-changed"]);
    expect(changes({ channel: queue("a") }, { channel: queue("b") })).toEqual(["breaking both binding-changed"]);
    const version = { bindings: { amqp: { ...queue("a").bindings.amqp, bindingVersion: "0.2.0" } } };
    expect(changes({ channel: queue("a") }, { channel: version })).toEqual([]);
  });

  it("reports a parameter's new name as a rename, not as another address", () => {
    const channel = (name: string) => ({
      address: `orders.{${name}}`,
      parametersType: "OrdersParameters",
      parameters: [{ name, origin: at(`#/channels/orders/parameters/${name}`) }],
    });
    expect(changes({ channel: channel("id") }, { channel: channel("orderId") })).toEqual([
      "breaking both parameter-renamed OrdersParameters",
    ]);
  });

  it("reports timeouts, compensations and idempotency keys", () => {
    const old = { request: { timeoutMs: 5_000, compensatedBy: "cancel" } };
    expect(changes(old, { request: { timeoutMs: 2_000, idempotencyKey: "$message.payload#/id" } })).toEqual([
      "breaking senders compensation-changed shop.order",
      "unknown senders timeout-shortened shop.order",
      "unknown senders idempotency-key-changed shop.order",
    ]);
    expect(changes({ request: { timeoutMs: 5_000 } }, {})).toEqual(["compatible senders timeout-extended shop.order"]);
  });

  it("breaks both sides when a server moves or speaks another protocol", () => {
    const server = {
      name: "main",
      origin: at("#/servers/main"),
      variables: [],
      security: [],
      bindings: {},
      extensions: {},
    };
    const on = (host: string, protocol: string) => ({ contract: { servers: [{ ...server, host, protocol }] } });
    expect(changes(on("a:5672", "amqp"), on("b:5672", "amqp"))).toEqual(["breaking both server-moved"]);
    expect(changes(on("a:5672", "amqp"), on("a:9092", "kafka"))).toEqual(["breaking both server-protocol-changed"]);
    expect(changes({}, on("a:5672", "amqp"))).toEqual(["compatible both server-added"]);
  });

  it("reports a type with another name, which is nothing on the wire", () => {
    const version = (name: string) => {
      const [order, ...others] = shop().messages;
      const type = { name, origin: at(`#/components/schemas/${name}`), schema: { type: "object" }, deprecated: false };
      return {
        ...shop(),
        types: [type],
        messages: order ? [{ ...order, payload: { $ref: name } }, ...others] : others,
      };
    };
    expect(diffContracts(version("Order"), version("Purchase"))).toMatchObject([
      { level: "compatible", code: "type-renamed", symbol: "Order", side: "both" },
    ]);
  });

  it("reports the worst first", () => {
    const now = { request: { name: "place", id: "shop.place" }, contract: { title: "x" }, event: { deprecated: true } };
    expect(changes({}, now)).toEqual([
      "breaking both operation-renamed shop.order",
      "compatible receivers operation-deprecated shop.shipping",
    ]);
  });
});
