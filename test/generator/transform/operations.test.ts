import { describe, expect, test } from "vitest";
import { readContracts } from "../../../generator/src/pipeline/read-contracts.js";
import { feature, outline } from "../../support/contracts/read.js";
import { root } from "../../support/root.js";

describe("operations", () => {
  test("2.x publish is received, subscribe is sent, and nameless ones are called after their channel", async () => {
    expect(outline(await feature("operations-v2"))).toEqual([
      "receive receiveUserSignedup(receiveUserSignedup)",
      "send sendUserSignedup(sendUserSignedup)",
      "receive measureLight(lightMeasured, lampBroken)",
      "send ping(ping)",
    ]);
  });

  test("a 2.x document and its 3.0 form read the same", async () => {
    const [two, three] = [await feature("operations-v2"), await feature("operations-v3")];
    expect(outline(three)).toEqual(outline(two));
    expect(three.types.map(({ name, schema }) => [name, schema])).toEqual(
      two.types.map(({ name, schema }) => [name, schema]),
    );
    const parameters = two.channels[0]?.parameters.map(({ origin: _, ...rest }) => rest);
    expect(three.channels[0]?.parameters.map(({ origin: _, ...rest }) => rest)).toEqual(parameters);
    expect(parameters).toEqual([
      {
        name: "userId",
        description: "Who signed up.",
        enum: ["a", "b"],
        default: "a",
        location: "$message.payload#/id",
      },
    ]);
  });

  test("the client's perspective turns 2.x round", async () => {
    const path = "specs/features/operations-v2.yaml";
    const options = { cwd: root, rulesFound: () => [] };
    const { contracts } = await readContracts([{ path, perspective: "client" }], options);
    expect(contracts[0]?.operations.map((one) => one.action)).toEqual(["send", "receive", "send", "receive"]);
  });

  test("names clash by one rule, and reserved members get an underscore", async () => {
    const contract = await feature("names");
    expect(contract.operations.map((one) => one.name)).toEqual([
      "then_",
      "toString_",
      "constructor_",
      "deleteSendIt",
      "überStraßeSendIt",
    ]);
    expect(contract.types.map((type) => type.name)).toEqual([
      "RecordMessage",
      "OrderMessage",
      "BestThing",
      "Order",
      "NamesError",
      "BestThingError",
      "日本語",
      "OrderMessageItem",
      "BestThing_Error",
    ]);
    expect(contract.channels.map((one) => [one.constName, one.parametersType])).toEqual([
      ["delete_", "DeleteParameters"],
      ["überStraße", undefined],
    ]);
  });

  test("extensions stand bare or under x-sagaspec, which wins; wrong shapes are warnings", async () => {
    const contract = await feature("extensions");
    expect(contract.operations.map((one) => [one.name, one.timeoutMs, one.idempotencyKey, one.compensatedBy])).toEqual([
      ["placeOrder", 1500, undefined, undefined],
      ["second", 120_000, "$message.payload#/id", undefined],
      ["third", undefined, undefined, undefined],
      ["fourth", undefined, undefined, undefined],
    ]);
    expect(contract.extensions).toEqual({ "x-team": "kitchen" });
    const options = { cwd: root, rulesFound: () => [] };
    const { diagnostics } = await readContracts([{ path: "specs/features/extensions.yaml" }], options);
    expect(diagnostics.map((one) => [one.severity, one.code, one.pointer])).toEqual([
      ["warning", "extension-shape", "#/operations/third/x-timeout"],
      ["warning", "extension-shape", "#/operations/third/x-idempotency-key"],
      ["warning", "timeout-without-reply", "#/operations/fourth/x-timeout"],
      ["warning", "unknown-compensation", "#/operations/third/x-compensated-by"],
      ["warning", "unusable-compensation", "#/operations/fourth/x-compensated-by"],
    ]);
  });

  test("what cannot undo is left out, with a warning: several messages, the other way, a circle", async () => {
    const contract = await feature("compensation");
    const undone = contract.operations.flatMap((one) => (one.compensatedBy ? [[one.name, one.compensatedBy]] : []));
    expect(undone).toEqual([
      ["book", "cancel"],
      ["bookNow", "refund"],
      ["unbook", "rebook"],
    ]);
    const options = { cwd: root, rulesFound: () => [] };
    const { diagnostics } = await readContracts([{ path: "specs/features/compensation.yaml" }], options);
    expect(diagnostics.map((one) => [one.code, one.pointer])).toEqual([
      ["unusable-compensation", "#/operations/rebook/x-compensated-by"],
      ["unusable-compensation", "#/operations/bookTwice/x-compensated-by"],
      ["unusable-compensation", "#/operations/bookQuietly/x-compensated-by"],
    ]);
  });

  test("a document without operations gives its types, with a warning", async () => {
    const path = "specs/features/no-operations.yaml";
    const { contracts, diagnostics } = await readContracts([{ path }], { cwd: root, rulesFound: () => [] });
    expect(contracts[0]?.types.map((type) => type.name)).toEqual(["Order"]);
    expect(diagnostics.map((one) => one.code)).toEqual(["no-operations"]);
  });
});

describe("replies", () => {
  test("3.x splits successes from failures, and the reply's timeout wins", async () => {
    const contract = await feature("reply-v3");
    const [reserve] = contract.operations;
    expect(outline(contract)[0]).toBe(
      "receive reserveStock(reserveStock) -> stockReserved, stockOrdered | stockMissing",
    );
    expect(reserve).toMatchObject({
      timeoutMs: 500,
      compensatedBy: "releaseStock",
      idempotencyKey: "$message.payload#/sku",
      reply: { address: "$message.header#/replyTo", channel: "answers" },
    });
    expect(contract.messages[0]?.correlationId).toBe("$message.payload#/request");
  });

  test("2.x has x-reply and x-response", async () => {
    const contract = await feature("reply-v2");
    expect(outline(contract)).toEqual([
      "receive reserveStock(reserveStock) -> stockReserved | stockMissing",
      "receive ping(ping) -> pong | ",
    ]);
    expect(contract.operations[0]?.timeoutMs).toBe(2_000);
  });
});

describe("servers, bindings, traits", () => {
  test("servers of 2.x and 3.x read the same", async () => {
    const [two, three] = [await feature("servers-v2"), await feature("servers-v3")];
    const [server] = two.servers;
    expect(server).toMatchObject({
      name: "production",
      host: "{region}.shop.example:{port}",
      pathname: "/orders",
      protocol: "amqp",
      security: [{ name: "password", type: "userPassword", description: "A user of the broker." }],
    });
    expect(three.servers).toEqual([{ ...server, origin: three.servers[0]?.origin }]);
    expect(three.channels[0]?.servers).toEqual(["production"]);
  });

  test("bindings of every protocol are carried, references followed", async () => {
    const contract = await feature("bindings");
    expect(contract.operations[0]?.bindings).toEqual({
      amqp: { ack: true, expiration: 1000 },
      mqtt: { qos: 1 },
      nats: { queue: "workers" },
    });
    expect(contract.channels[0]?.bindings).toHaveProperty("ws.method", "GET");
    expect(contract.messages[0]?.bindings).toHaveProperty("amqp.messageType", "order");
  });

  test("a trait overrides the message in 2.x and yields to it in 3.x", async () => {
    const [two, three] = [await feature("traits-v2"), await feature("traits-v3")];
    expect(two.messages[0]).toMatchObject({ contentType: "application/vnd.shop+json", tags: [{ name: "shop" }] });
    expect(three.messages[0]).toMatchObject({ contentType: "application/json", tags: [{ name: "shop" }] });
    expect(two.operations[0]?.summary).toBe("Places an order.");
    expect(three.operations[0]?.summary).toBe("Kept over the trait.");
    expect(three.operations[0]?.bindings).toEqual({ amqp: { ack: true } });
    for (const { types } of [two, three]) {
      const headers = types.find((type) => type.name === "OrderHeaders")?.schema;
      expect(headers).toEqual({
        type: "object",
        required: ["tenant"],
        properties: { tenant: { type: "string" }, traceparent: { type: "string" } },
      });
    }
  });
});
