// Operations as requests: what goes out, what each status means, and what becomes of connections that fail.
import { createServer as createTcpServer } from "node:net";
import { createClient, isFailure, serve } from "@sagaspec/runtime";
import { createHttpTransport, type HttpTransportOptions } from "@sagaspec/runtime/http";
import { afterEach, describe, expect, test } from "vitest";
import { http } from "../../../generated/features/http/index.js";
import { type HttpHost, serveHttp } from "../../support/http-host.js";

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

type Answer = (request: { method: string; url: string; headers: NodeJS.Dict<string | string[]>; body: string }) => {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Buffer;
};

/** A peer in plain node:http that knows nothing of Sagaspec. */
async function peer(answer: Answer): Promise<HttpHost & { readonly seen: Parameters<Answer>[0][] }> {
  const seen: Parameters<Answer>[0][] = [];
  const host = await serveHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      const { status, headers: more = {}, body = "" } = answer(one);
      response.writeHead(status, more);
      response.end(body);
    });
  });
  open.push(host);
  return { ...host, seen };
}

function clientAt(server: string, options: HttpTransportOptions = {}) {
  const transport = createHttpTransport({ server, onProblem() {}, ...options });
  open.push(transport);
  return createClient(http, transport, { onProblem() {} });
}

const json = { "content-type": "application/json" };
const created = { status: 201, headers: json, body: '{"ticketId":"7","dish":"soup"}' };

describe("a call over HTTP", () => {
  test("is a request with the method, the headers and the body that the document says", async () => {
    const { url, seen } = await peer(() => created);
    const client = clientAt(`${url}/v1/`);
    const ticket = await client.createTicket({ dish: "soup" }, { headers: { "X-Table": 3 }, messageId: 'a"b' });
    expect(ticket).toEqual({ ticketId: "7", dish: "soup" });
    expect(seen).toMatchObject([{ method: "POST", url: "/v1/tickets", body: '{"dish":"soup"}' }]);
    expect(seen[0]?.headers).toMatchObject({
      "x-table": "3",
      "idempotency-key": '"a\\"b"',
      "message-type": "createTicket",
    });
    expect(Number(seen[0]?.headers["connect-timeout-ms"])).toBeGreaterThan(20_000);
  });

  test("puts parameters into path and query, encoded, and refuses those that are no segment", async () => {
    const { url, seen } = await peer(() => ({ status: 200, headers: json, body: '{"ticketId":"7"}' }));
    const client = clientAt(url);
    await client.readTicket(undefined, { parameters: { ticketId: "a/b ?c", language: "de" } });
    expect(seen[0]).toMatchObject({ method: "GET", url: "/tickets/a%2Fb%20%3Fc?language=de", body: "" });
    for (const ticketId of [".", "..", ""]) {
      const call = client.readTicket(undefined, { parameters: { ticketId, language: "de" } });
      await expect(call).rejects.toMatchObject({ code: "invalid-message" });
    }
    expect(seen.length).toBe(1);
  });

  test("ends as the reply that the status declares, else as the failure whose schema takes the body", async () => {
    const answers = [
      { status: 409, headers: json, body: '{"reason":"closed"}' },
      { status: 404, headers: json, body: '{"unknown":"9"}' },
      { status: 204 },
    ];
    const { url } = await peer(() => answers.shift() ?? { status: 500 });
    const client = clientAt(url);
    const refused = await client.createTicket({ dish: "soup" }).catch((error) => error);
    expect(isFailure(refused, http.createTicket) && refused.failure).toEqual({
      name: "ticketRefused",
      payload: { reason: "closed" },
    });
    const unknown = await client
      .readTicket(undefined, { parameters: { ticketId: "9", language: "de" } })
      .catch((error) => error);
    expect(unknown.failure).toEqual({ name: "ticketUnknown", payload: { unknown: "9" } });
    expect(await client.cancelTicket(undefined, { parameters: { ticketId: "9" } })).toBeUndefined();
  });

  test.each([
    ["400", { status: 400 }, { code: "remote-error", retryable: false }],
    [
      "403 with a problem",
      { status: 403, headers: { "content-type": "application/problem+json" }, body: '{"title":"No"}' },
      { message: expect.stringContaining("No") },
    ],
    [
      "a redirect, which is not followed",
      { status: 303, headers: { location: "http://127.0.0.1:1/" } },
      { code: "remote-error", retryable: false, message: expect.stringContaining("http://127.0.0.1:1/") },
    ],
    ["429", { status: 429 }, { code: "remote-error", retryable: true }],
    ["500", { status: 500 }, { code: "remote-error", retryable: true }],
    ["a body that is no JSON", { status: 201, headers: json, body: '{"ticketId":' }, { code: "invalid-reply" }],
  ] as const)("%s", async (_, answer, error) => {
    const { url, seen } = await peer(() => answer);
    await expect(clientAt(url).createTicket({ dish: "soup" })).rejects.toMatchObject(error);
    expect(seen.length).toBe(1);
  });

  test("a decompression bomb is an unknown outcome, and bounded", async () => {
    const { gzipSync } = await import("node:zlib");
    const bomb = gzipSync(Buffer.alloc(50_000_000, 32));
    const { url } = await peer(() => ({ status: 201, headers: { ...json, "content-encoding": "gzip" }, body: bomb }));
    const call = clientAt(url).createTicket({ dish: "soup" });
    await expect(call).rejects.toMatchObject({ code: "transport-unavailable", retryable: true });
  });

  test("a refused and an unresolved connection mean that nothing was sent", async () => {
    for (const server of ["http://127.0.0.1:1", "http://nowhere.invalid"]) {
      const error = await clientAt(server)
        .createTicket({ dish: "soup" })
        .catch((error) => error);
      expect(error).toMatchObject({ code: "transport-unavailable", retryable: true });
      expect(error.message).not.toContain("may or may not");
    }
  });

  test("a connection that is cut after the request means unknown, and the handler ran once", async () => {
    let runs = 0;
    const cutting = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", () => {
        runs += 1;
        socket.resetAndDestroy();
      });
    });
    await new Promise<void>((resolve) => cutting.listen(0, "127.0.0.1", resolve));
    open.push({ close: () => new Promise((resolve) => cutting.close(resolve)) });
    const { port } = cutting.address() as { port: number };
    const error = await clientAt(`http://127.0.0.1:${port}`)
      .createTicket({ dish: "soup" })
      .catch((error) => error);
    expect(error).toMatchObject({ code: "transport-unavailable", retryable: true });
    expect(error.message).toContain("may or may not");
    expect(runs).toBe(1);
  });

  test("never more connections than the limit", async () => {
    let sockets = 0;
    const { url, server } = await peer(() => created);
    server.on("connection", () => {
      sockets += 1;
    });
    const client = clientAt(url, { maxSockets: 8 });
    await Promise.all(Array.from({ length: 300 }, () => client.createTicket({ dish: "soup" })));
    expect(sockets).toBeLessThanOrEqual(8);
  });

  test("a server that asks to wait is left alone for so long", async () => {
    const times: number[] = [];
    const { url } = await peer(() => {
      times.push(Date.now());
      return times.length === 1 ? { status: 429, headers: { "retry-after": "1" } } : created;
    });
    const client = clientAt(url);
    await expect(client.createTicket({ dish: "soup" })).rejects.toMatchObject({ retryable: true });
    await client.createTicket({ dish: "soup" });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(950);
    // Longer than the call has: at once an error.
    times.length = 0;
    await expect(client.createTicket({ dish: "soup" })).rejects.toMatchObject({ retryable: true });
    await expect(client.createTicket({ dish: "soup" }, { timeout: 300 })).rejects.toMatchObject({
      code: "transport-unavailable",
    });
    expect(times.length).toBe(1);
  });

  test("shows the credentials that the server's security asks for, and fetches a token once", async () => {
    let tokens = 0;
    const { url, seen } = await peer(({ url: asked }) => {
      if (asked !== "/token") return created;
      tokens += 1;
      return { status: 200, headers: json, body: '{"access_token":"secret","expires_in":3600}' };
    });
    const { host } = new URL(url);
    const production = {
      ...http.$contract.servers.production,
      protocol: "http",
      host: `${host.replace(/:.*/, "")}:{port}`,
      variables: { port: {} },
    };
    const at = (credentials: HttpTransportOptions["credentials"] & object) =>
      createClient(
        http,
        createHttpTransport({ server: production, variables: { port: new URL(url).port }, credentials }),
      );
    await at({ apiKey: "k" }).createTicket({ dish: "soup" });
    expect(seen[0]).toMatchObject({ url: "/v1/tickets", headers: { "x-api-key": "k" } });
    const machine = at({ clientId: "me", clientSecret: "s", tokenUrl: `${url}/token` });
    await Promise.all([machine.createTicket({ dish: "soup" }), machine.createTicket({ dish: "soup" })]);
    expect(tokens).toBe(1);
    expect(seen.at(-1)?.headers.authorization).toBe("Bearer secret");
    const missing = at({ username: "u" }).createTicket({ dish: "soup" });
    await expect(missing).rejects.toThrow(/oauth2 \(clientId and clientSecret, or token\), or httpApiKey \(apiKey\)/);
  });
});

describe("Sagaspec at both ends", () => {
  test("replies, failures, parameters and typed headers arrive as they were meant", async () => {
    const host = await serveHttp((request, response) => transport.listener(request, response));
    open.push(host);
    const transport = createHttpTransport({ server: host.url, onProblem() {} });
    open.push(transport);
    const rung: unknown[] = [];
    await serve(
      http,
      {
        createTicket({ dish }, { headers, fail }) {
          if (dish === "none") throw fail("ticketRefused", { reason: "closed" });
          return { ticketId: String(headers["X-Table"]), dish };
        },
        readTicket: (_, { parameters }) => ({ ticketId: parameters.ticketId, language: parameters.language }),
        cancelTicket() {
          throw new Error("the kitchen burns");
        },
        ring(payload) {
          rung.push(payload);
        },
      },
      transport,
      { onProblem() {} },
    );
    const client = createClient(http, transport, { onProblem() {} });
    expect(await client.createTicket({ dish: "Käse" }, { headers: { "X-Table": 3 } })).toEqual({
      ticketId: "3",
      dish: "Käse",
    });
    const refused = await client.createTicket({ dish: "none" }).catch((error) => error);
    expect(refused.failure).toEqual({ name: "ticketRefused", payload: { reason: "closed" } });
    const parameters = { ticketId: "a/b", language: "de" };
    expect(await client.readTicket(undefined, { parameters })).toEqual(parameters);
    const failed = client.cancelTicket(undefined, { parameters: { ticketId: "1" } });
    await expect(failed).rejects.toMatchObject({ code: "remote-error", retryable: true });
    await client.ring({ loud: true });
    expect(rung).toEqual([{ loud: true }]);
  });
});
