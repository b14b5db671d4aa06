import { type AmqpDriver, createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib, * as namespace from "amqplib";
import { describe, expectTypeOf, it } from "vitest";

describe("the driver's shape", () => {
  it("is met by amqplib itself, however it was imported", () => {
    expectTypeOf(amqplib).toExtend<AmqpDriver>();
    expectTypeOf(namespace).toExtend<AmqpDriver>();
    expectTypeOf(createAmqpTransport({ amqplib, url: "amqp://localhost" })).toEqualTypeOf(createAmqpTransport(amqplib));
  });

  it("is not met by something that cannot connect", () => {
    // @ts-expect-error Property 'connect' is missing
    expectTypeOf(createAmqpTransport({ amqplib: {} })).toBeObject();
  });
});
