// A transport made of several, and servers as documents have them.
import { createClient, createSagaRunner, routed, saga, serve } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import type { Schema } from "@sagaspec/runtime/codegen";
import { createHttpTransport, type HttpTransport } from "@sagaspec/runtime/http";
import { createMemoryStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import amqplib from "amqplib";
import { afterEach, describe, expect, test } from "vitest";
import { http } from "../../../generated/features/http/index.js";
import { restaurant } from "../../../generated/restaurant/index.js";
import { serveHttp } from "../../support/http-host.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function httpTransport(): Promise<HttpTransport> {
  const host = await serveHttp((request, response) => transport.listener(request, response));
  const transport = createHttpTransport({ server: host.url, onProblem() {} });
  open.push(host, transport);
  return transport;
}

const kitchen = {
  createTicket: ({ dish }: { readonly dish: string }) => ({ ticketId: "7", dish }),
  readTicket: () => ({ ticketId: "7" }),
  cancelTicket() {},
  ring() {},
};
const input: Schema<object> = { type: "object" };
const restaurantHandlers = {
  createTicket: () => ({ ticketId: 1 }) as never,
  approveTicket() {},
  rejectTicket() {},
};

describe("routed", () => {
  test("a message goes by the protocol of its channel's servers, and its reply comes back", async () => {
    const amqp = createMemoryTransport();
    const transport = routed({ amqp, https: await httpTransport() });
    open.push(transport);
    const approved: unknown[] = [];
    await serve(http, kitchen, transport);
    await serve(
      restaurant,
      { ...restaurantHandlers, approveTicket: (payload) => void approved.push(payload) },
      transport,
    );
    const [overHttp, overAmqp] = [createClient(http, transport), createClient(restaurant, transport)];
    expect(await overHttp.createTicket({ dish: "soup" })).toEqual({ ticketId: "7", dish: "soup" });
    await overAmqp.approveTicket({ ticketId: 1 } as never);
    expect(approved.length).toBe(1);
    expect(amqp.queues().map(({ name }) => name)).toContain("restaurant.restaurant_service.commands");
  });

  test("a choice by operation or service comes before the document", async () => {
    const amqp = createMemoryTransport();
    const transport = routed({ amqp, https: await httpTransport() }, { http: "amqp" });
    open.push(transport);
    await serve(http, kitchen, transport, { parameters: { ticketId: "7" } });
    expect((await createClient(http, transport).createTicket({ dish: "soup" })).ticketId).toBe("7");
    expect(amqp.queues().length).toBeGreaterThan(0);
  });

  test("a protocol without a transport is an error at the start that names operation and protocol", async () => {
    const transport = routed({ amqp: createMemoryTransport() });
    open.push(transport);
    const text = /http\.createTicket: there is no transport for https/;
    expect(() => createClient(http, transport)).toThrow(text);
    await expect(serve(http, kitchen, transport, { parameters: { ticketId: "7" } })).rejects.toThrow(
      /no transport for https/,
    );
    const order = saga("order", { version: 1, input }).step("ticket", {
      call: http.createTicket,
      with: () => ({ dish: "soup" }),
    });
    const runner = createSagaRunner({
      service: "order",
      sagas: [order],
      store: createMemoryStore(),
      transport,
    });
    await expect(runner.start()).rejects.toThrow(text);
    expect(() => routed({ amqp: createMemoryTransport() }, { restaurant: "kafka" })).toThrow(/restaurant: .*kafka/);
  });

  test("one saga calls a service over AMQP's channel and the next over HTTP", async () => {
    const transport = routed({ amqp: createMemoryTransport(), https: await httpTransport() });
    open.push(transport);
    await serve(http, kitchen, transport);
    await serve(restaurant, restaurantHandlers, transport);
    const order = saga("order", { version: 1, input })
      .step("approval", { call: restaurant.approveTicket, with: () => ({ ticketId: 1 }) as never })
      .step("ticket", { call: http.createTicket, with: () => ({ dish: "soup" }) });
    const runner = createSagaRunner({ service: "order", sagas: [order], store: createMemoryStore(), transport });
    await runner.start();
    const handle = await runner.run(order, {});
    expect((await handle.result({ timeout: "10s" })).status).toBe("completed");
    await runner.close();
  });
});

describe("servers of a document", () => {
  const server = {
    host: "127.0.0.1:{port}",
    protocol: "amqp",
    pathname: "/",
    variables: { port: { default: "1", enum: ["1", "2"] } },
    security: ["userPassword"],
  };

  test("AMQP takes one in place of a URL, and says what is missing", () => {
    const make = (more: object) => createAmqpTransport({ amqplib, server, ...more });
    expect(() => make({})).toThrow(/it asks for userPassword \(username and password\)/);
    const credentials = { username: "u", password: "p" };
    expect(() => make({ credentials, variables: { port: "3" } })).toThrow(/"port" is "3"; give it one of 1, 2/);
    expect(() => make({ credentials, variables: { host: "x" } })).toThrow(/no variable "host"/);
    open.push(make({ credentials }));
  });

  test("HTTP without a server says so, and names what to pass", async () => {
    const transport = createHttpTransport();
    open.push(transport);
    const call = createClient(restaurant, transport).approveTicket({ ticketId: 1 } as never);
    await expect(call).rejects.toThrow(/restaurant.approveTicket: its document names no server that speaks HTTP/);
  });
});
