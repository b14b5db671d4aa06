// What a document says of HTTP and of its servers stands in the descriptors.
import { describe, expect, expectTypeOf, test } from "vitest";
import { type HttpClient, http } from "../../../generated/features/http/index.js";

describe("the descriptors of an HTTP service", () => {
  test("servers are known by name, with variables and security", () => {
    expect(http.$contract.servers.production).toMatchObject({
      host: "{region}.kitchen.example",
      pathname: "/v1",
      variables: { region: { default: "eu", enum: ["eu", "us"] } },
      security: [
        { type: "oauth2", tokenUrl: "https://login.kitchen.example/token", scopes: ["tickets"] },
        { type: "httpApiKey", name: "X-Api-Key", in: "header" },
      ],
    });
    // @ts-expect-error no such server
    expect(http.$contract.servers.staging).toBeUndefined();
  });

  test("a channel has its servers", () => {
    expect(http.createTicket.channel.servers).toEqual([http.$contract.servers.production]);
  });

  test("method, query, status codes and typed headers are there", () => {
    expect(http.createTicket.bindings).toEqual({ http: { method: "POST" } });
    expect(http.createTicket.reply.success[0]?.bindings).toEqual({ http: { statusCode: 201 } });
    expect(http.createTicket.reply.failure?.ticketRefused.bindings).toEqual({ http: { statusCode: 409 } });
    expect(http.readTicket.bindings?.http).toMatchObject({ method: "GET", query: { required: ["language"] } });
    expect(http.createTicket.message.headers).toMatchObject({ properties: { "X-Table": { type: "integer" } } });
  });

  test("the query is given with the parameters of the address", () => {
    const call = (client: HttpClient) => [
      client.readTicket(undefined, { parameters: { ticketId: "7", language: "de" } }),
      // @ts-expect-error the language is missing
      client.readTicket(undefined, { parameters: { ticketId: "7" } }),
    ];
    expectTypeOf(call).returns.toBeArray();
  });
});
