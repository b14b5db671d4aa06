import { subscribe } from "@sagaspec/runtime";
import { describe, expect, test } from "vitest";
import { ambiguousMessages } from "../../../generated/features/ambiguous-messages/index.js";
import { bindings } from "../../../generated/features/bindings/index.js";
import { compensation } from "../../../generated/features/compensation/index.js";
import { extensions } from "../../../generated/features/extensions/index.js";
import { operationsV2, operationsV2Events } from "../../../generated/features/operations-v2/index.js";
import { operationsV3, operationsV3Events } from "../../../generated/features/operations-v3/index.js";
import { payloads } from "../../../generated/features/payloads/index.js";
import { replyV2 } from "../../../generated/features/reply-v2/index.js";
import { replyV3 } from "../../../generated/features/reply-v3/index.js";
import { operationsOf } from "../../../runtime/src/wire/operations.js";
import { sagaspec } from "../cli/terminal.js";
import { specs, text } from "./features.js";
import { tapped } from "./tapped.js";

describe("the mapping: contracts and their operations", { timeout: 60_000 }, () => {
  test("two contracts: what a service receives, and what it sends", () => {
    const actions = (contract: typeof operationsV3 | typeof operationsV3Events) => [
      ...new Set(operationsOf(contract).map(({ operation }) => operation.action)),
    ];
    expect(actions(operationsV3)).toEqual(["receive"]);
    expect(actions(operationsV3Events)).toEqual(["send"]);
    expect(operationsV3.$contract.service).toBe(operationsV3Events.$contract.service);
  });

  test("several messages: one member for each, and an empty payload is void", async () => {
    const { transport } = tapped();
    const broken: unknown[] = [];
    const handlers = { measureLight: { lampBroken: (payload: unknown) => void broken.push(payload) } };
    const server = await subscribe(operationsV3, handlers, transport, { group: "g" });
    expect(Object.keys(operationsV3.measureLight)).toEqual(["lightMeasured", "lampBroken"]);
    expect(text("payloads/contract.ts")).toContain("Message<void>");
    expect(text("reply-v3/contract.ts")).toContain(
      "OneOf<{ stockReserved: StockReserved; stockOrdered: StockOrdered }>",
    );
    expect(operationsOf(payloads).length).toBeGreaterThan(3);
    await server.close();
    await transport.close();
  });

  test("which message: validation lists what can be told neither by name nor by schema", async () => {
    const { out } = await sagaspec(specs, "validate", "ambiguous-messages.yaml");
    expect(out).toContain("cannot tell 'moved' from 'renamed'");
    expect(operationsOf(ambiguousMessages).length).toBeGreaterThan(0);
  });

  test("x-compensated-by: only what the request itself can fill", async () => {
    const { out } = await sagaspec(specs, "validate", "compensation.yaml");
    expect(out).toContain("compensation.bookNow cannot be undone by 'refund' alone");
    expect(compensation.book.compensatedBy).toBe(compensation.cancel);
    expect(out).toContain("'change' has several messages");
    expect(out).toContain("'cancelled' goes the other way");
    expect(out).toContain("'unbook' is itself undone by 'rebook'");
    const { bookTwice, bookQuietly, rebook } = compensation;
    expect([bookTwice, bookQuietly, rebook].some((one) => "compensatedBy" in one)).toBe(false);
  });

  test("version 2: publish is received, and x-reply makes a request of it", () => {
    expect(operationsOf(operationsV2).map(({ path }) => path)).toEqual(
      operationsOf(operationsV3).map(({ path }) => path),
    );
    expect(operationsOf(operationsV2Events).map(({ operation }) => operation.action)).toContain("send");
    expect(operationsOf(replyV2).some(({ operation }) => operation.kind === "request")).toBe(true);
  });

  test("one page: an interface with a documented member for each operation, failures in its type", () => {
    expect(text("failures/contract.ts")).toMatch(
      /bookSeat: Request<\s*BookSeat,\s*SeatBooked,\s*\{ seatTaken: SeatTaken; troubled: Troubled \}/,
    );
  });

  test("bindings: of every protocol, as the document has them", () => {
    const { channel, message, bindings: own } = bindings.onOrder;
    expect(channel.bindings).toMatchObject({
      amqp: { is: "routingKey" },
      kafka: { partitions: 3 },
      ws: { method: "GET" },
    });
    expect(message.bindings).toMatchObject({ amqp: { messageType: "order" } });
    expect(own).toMatchObject({ mqtt: { qos: 1 }, nats: { queue: "workers" } });
  });

  test("extensions: bare or under x-sagaspec, which wins; a wrong shape is a warning and ignored", async () => {
    const { out } = await sagaspec(specs, "validate", "extensions.yaml");
    expect(out).toContain('x-timeout is ignored: "soon" is not a duration');
    expect([extensions.placeOrder.timeoutMs, extensions.second.timeoutMs]).toEqual([1_500, 120_000]);
    // The reply's own timeout counts before the operation's; nobody waits for what is not answered.
    expect(replyV3.reserveStock.timeoutMs).toBe(500);
    expect(out).toContain("x-timeout is ignored: the operation has no reply");
    expect("timeoutMs" in extensions.fourth).toBe(false);
  });
});
