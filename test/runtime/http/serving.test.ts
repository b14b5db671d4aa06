// The serving end: what a peer that knows nothing of Sagaspec meets, mounted in whichever framework, and whatever is sent to it.
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { serve as serveHono } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { serve } from "@sagaspec/runtime";
import {
  createHttpTransport,
  githubSignature,
  type HttpTransportOptions,
  type RequestListener,
  standardWebhooks,
  stripeSignature,
} from "@sagaspec/runtime/http";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import { type HttpHandlers, http } from "../../../generated/features/http/index.js";
import { serveHttp } from "../../support/http-host.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

type Mount = (listener: RequestListener) => Promise<{ readonly url: string; close(): unknown }>;

const plain: Mount = (listener) => serveHttp((request, response) => listener(request, response));

const mounts: { readonly [name: string]: Mount } = {
  "node:http": plain,
  async Express(listener) {
    const app = express();
    app.use("/api", listener);
    app.get("/api/other", (_request, response) => void response.send("other"));
    const host = await serveHttp(app);
    return { url: `${host.url}/api`, close: host.close };
  },
  async Fastify(listener) {
    const app = fastify();
    await app.register((scope, _options, ready) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
      scope.all("/*", (request, reply) => {
        reply.hijack();
        listener(request.raw, reply.raw);
      });
      ready();
    });
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    return { url, close: () => app.close() };
  },
  async Hono(listener) {
    const app = new Hono<{ Bindings: { incoming: never; outgoing: never } }>();
    app.all("/*", (context) => {
      listener(context.env.incoming, context.env.outgoing);
      return RESPONSE_ALREADY_SENT;
    });
    return new Promise((resolve) => {
      const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
        resolve({ url: `http://127.0.0.1:${port}`, close: () => new Promise((done) => server.close(done)) }),
      );
    });
  },
};

async function kitchen(options: HttpTransportOptions = {}, mount: Mount = plain, more: Partial<HttpHandlers> = {}) {
  const runs: unknown[] = [];
  const transport = createHttpTransport({ onProblem() {}, stopTimeout: 500, ...options });
  const host = await mount(transport.listener);
  open.push(transport, host);
  const handlers: HttpHandlers = {
    createTicket(payload, { fail }) {
      runs.push(payload);
      if (payload.dish === "none") throw fail("ticketRefused", { reason: "closed" });
      return { ticketId: String(runs.length), dish: payload.dish };
    },
    readTicket: (_, { parameters }) => ({ ticketId: parameters.ticketId, language: parameters.language }),
    cancelTicket() {},
    ring(payload) {
      runs.push(payload);
    },
    ...more,
  };
  await serve(http, handlers, transport, { onProblem() {}, retry: { backoff: 50 } });
  return { url: host.url, runs, transport };
}

const post = (url: string, body: unknown, headers: { [name: string]: string } = {}) =>
  fetch(url, {
    method: "POST",
    body: typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });

describe.each(Object.entries(mounts))("mounted in %s", (_, mount) => {
  test("a plain client gets what the document says", async () => {
    const { url, runs } = await kitchen({}, mount);
    const created = await post(`${url}/tickets`, { dish: "soup" });
    expect([created.status, await created.json()]).toEqual([201, { ticketId: "1", dish: "soup" }]);
    const refused = await post(`${url}/tickets`, { dish: "none" });
    expect([refused.status, await refused.json()]).toEqual([409, { reason: "closed" }]);
    const ticket = await fetch(`${url}/tickets/a%2Fb?language=de`);
    expect(await ticket.json()).toEqual({ ticketId: "a/b", language: "de" });
    expect((await fetch(`${url}/tickets/7`, { method: "DELETE" })).status).toBe(204);
    expect((await post(`${url}/bells`, { loud: true })).status).toBe(202);
    const wrong = await post(`${url}/bells`, { loud: "yes" });
    expect(wrong.headers.get("content-type")).toBe("application/problem+json");
    expect(await wrong.json()).toMatchObject({ status: 400, code: "invalid-message" });
    expect(runs.length).toBe(3);
  });
});

describe("requests", () => {
  test("what is no route is passed on in Express, and 404 elsewhere", async () => {
    const { url } = await kitchen({}, mounts.Express);
    expect(await (await fetch(`${url}/other`)).text()).toBe("other");
    const { url: alone } = await kitchen();
    expect((await fetch(`${alone}/other`)).status).toBe(404);
  });

  test("a body that a framework has read is used, or refused at once with the cure", async () => {
    const keeping: Mount = async (listener) => {
      const app = express();
      app.use(express.json({ verify: (request, _, buffer) => Object.assign(request, { rawBody: buffer }) }));
      app.use(listener);
      return serveHttp(app);
    };
    const eating: Mount = async (listener) => serveHttp(express().use(express.json()).use(listener));
    const kept = await kitchen({}, keeping);
    expect((await post(`${kept.url}/tickets`, { dish: "soup" })).status).toBe(201);
    const eaten = await kitchen({}, eating);
    const answer = await post(`${eaten.url}/tickets`, { dish: "soup" });
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
      500,
      expect.stringContaining("before the body parser"),
    ]);
  });

  test("methods: 405 with Allow, OPTIONS, HEAD without content", async () => {
    const { url } = await kitchen();
    const wrong = await fetch(`${url}/tickets`, { method: "PUT", body: "{}" });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    const options = await fetch(`${url}/tickets/7`, { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, DELETE, HEAD, OPTIONS"]);
    const head = await fetch(`${url}/tickets/7?language=de`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await fetch(`${url}/tickets/7`)).status).toBe(400);
  });

  test("bodies: too large, as they travel and decompressed, slow, and in an unknown encoding", async () => {
    const { url, runs } = await kitchen({ maxBodyBytes: 1_000, bodyTimeout: 200 });
    expect((await post(`${url}/tickets`, { dish: "x".repeat(2_000) })).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(900_000, 32));
    const bombed = await post(`${url}/tickets`, bomb, { "content-encoding": "gzip" });
    expect([bombed.status, await bombed.text()]).toEqual([413, expect.anything()]);
    const small = gzipSync('{"dish":"soup"}');
    expect((await post(`${url}/tickets`, small, { "content-encoding": "gzip" })).status).toBe(201);
    expect((await post(`${url}/tickets`, "x", { "content-encoding": "rot13" })).status).toBe(415);
    const slow = await raw(url, "POST /tickets HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc");
    expect(slow).toMatch(/^HTTP\/1.1 408/);
    expect(runs.length).toBe(1);
  });

  test("many at once with one key are one run, and all get its answer; another payload is a conflict", async () => {
    const { url, runs } = await kitchen();
    const headers = { "idempotency-key": '"order-1"' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post(`${url}/tickets`, { dish: "soup" }, headers)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(runs.length).toBe(1);
    expect((await post(`${url}/tickets`, { dish: "fish" }, headers)).status).toBe(422);
    expect((await post(`${url}/tickets`, { dish: "soup" }, { "idempotency-key": "x".repeat(300) })).status).toBe(400);
  });

  test("a handler's error is 500 without its text, a message that cannot be dealt with in time 503", async () => {
    const failing = {
      cancelTicket: () => Promise.reject(new Error("secret")),
      ring: () => new Promise<void>(() => {}),
    };
    const { url } = await kitchen({ acceptTimeout: 100 }, plain, failing);
    const answer = await fetch(`${url}/tickets/7`, { method: "DELETE" });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("secret");
    const late = await post(`${url}/bells`, { loud: true });
    expect([late.status, late.headers.get("retry-after")]).toEqual([503, "1"]);
  });

  test("more requests than may be served are 503, and a client that leaves does not stop its handler", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let done = 0;
    const { url } = await kitchen({ maxRequests: 2 }, plain, {
      async ring() {
        await gate;
        done += 1;
      },
    });
    const leaving = new AbortController();
    const left = fetch(`${url}/bells`, { method: "POST", body: '{"loud":true}', signal: leaving.signal }).catch(
      () => "left",
    );
    const other = post(`${url}/bells`, { loud: true });
    await expect.poll(async () => (await post(`${url}/bells`, { loud: true })).status).toBe(503);
    leaving.abort();
    expect(await left).toBe("left");
    release();
    expect((await other).status).toBe(202);
    await expect.poll(() => done).toBe(2);
  });

  test("3,000 hostile requests stop nothing", async () => {
    const { url } = await kitchen({ maxBodyBytes: 10_000 });
    const lines = [
      "GET / HTTP/1.1\r\n\r\n",
      "\u0000\u0001\u0002\r\n\r\n",
      "POST /tickets HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n",
      "POST /tickets HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      "POST /tickets/%zz HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
      `GET /tickets/${"a".repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      'POST /bells HTTP/1.1\r\nhost: x\r\nconnection: close\r\nheader-names: ["__proto__"]\r\n__proto__: 1\r\ncontent-length: 15\r\n\r\n{"__proto__":1}',
      'POST /bells HTTP/1.1\r\nhost: x\r\nconnection: close\r\njson-headers: {"a":\r\nexpires-at: NaN\r\nundoes: {}\r\ncontent-length: 2\r\n\r\n{}',
      'POST /tickets HTTP/1.1\r\nhost: x\r\nconnection: close\r\nidempotency-key: "\r\ncontent-length: 1\r\n\r\n[',
      "GET //evil.example/../tickets/1?language=de HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
      "GET http://evil.example/tickets/1?language=de HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
      "POST /tickets HTTP/1.1\r\nhost: x\r\ncontent-encoding: gzip\r\nconnection: close\r\ncontent-length: 4\r\n\r\nabcd",
    ];
    for (let round = 0; round < 3_000 / 100; round += 1) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => raw(url, lines[index % lines.length] ?? "", 50)));
    }
    expect((await post(`${url}/tickets`, { dish: "soup" })).status).toBe(201);
  }, 60_000);

  test("the transport's own server drains within its bound", async () => {
    const transport = createHttpTransport({ listen: { port: 0, host: "127.0.0.1" }, stopTimeout: 300, onProblem() {} });
    await transport.subscribe(
      { address: "/x", service: "x", action: "receive", group: "g", durable: true },
      { prefetch: 1 },
      () => {},
    );
    const url = transport.url() ?? "";
    const silent = connect(Number(new URL(url).port), "127.0.0.1");
    silent.on("error", () => {});
    const hanging = fetch(`${url}/x`, { method: "POST", body: "x" }).catch(() => "cut");
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = Date.now();
    await transport.close();
    expect(Date.now() - before).toBeLessThan(3_000);
    await hanging;
  });
});

describe("signatures", () => {
  const body = '{"id":"evt_1","loud":true}';
  const now = () => Math.floor(Date.now() / 1_000);
  const hmac = (secret: string | Buffer, text: string) => createHmac("sha256", secret).update(text);

  test("Standard Webhooks: the newer or the older secret, five minutes either way, the id once", async () => {
    const secrets = ["old", "new"].map((name) => `whsec_${Buffer.from(name.padEnd(32, "-")).toString("base64")}`);
    const { url, runs } = await kitchen({ signature: standardWebhooks({ secrets: secrets.toReversed() }) });
    const signed = (secret: number, id: string, time: number) => {
      const key = Buffer.from(secrets[secret]?.slice(6) ?? "", "base64");
      const value = hmac(key, `${id}.${time}.${body}`).digest("base64");
      return { "webhook-id": id, "webhook-timestamp": String(time), "webhook-signature": `v1,AAAA v2,x v1,${value}` };
    };
    for (const headers of [signed(0, "m1", now()), signed(1, "m1", now() - 200), signed(1, "m2", now())]) {
      expect((await post(`${url}/bells`, body, headers)).status).toBe(202);
    }
    expect(runs.length).toBe(2);
    expect((await post(`${url}/bells`, body, signed(0, "m3", now() - 400))).status).toBe(401);
    expect((await post(`${url}/bells`, `${body} `, signed(0, "m4", now()))).status).toBe(401);
    expect((await post(`${url}/bells`, body)).status).toBe(401);
  });

  test("GitHub and Stripe, over the bytes as they came, and any nonsense is 401", async () => {
    const github = await kitchen({ signature: githubSignature({ secrets: ["a", "b"] }) });
    const right = { "x-hub-signature-256": `sha256=${hmac("b", body).digest("hex")}`, "x-github-delivery": "d1" };
    expect((await post(`${github.url}/bells`, body, right)).status).toBe(202);
    for (const value of ["", "sha256=", "sha256=00", `sha256=${"0".repeat(64)}`, "v1"]) {
      expect((await post(`${github.url}/bells`, body, { "x-hub-signature-256": value })).status).toBe(401);
    }
    const stripe = await kitchen({ signature: stripeSignature({ secrets: ["whsec_x"] }) });
    const time = now();
    const value = hmac("whsec_x", `${time}.${body}`).digest("hex");
    const headers = { "stripe-signature": `t=${time},v1=00,v1=${value}` };
    expect((await post(`${stripe.url}/bells`, body, headers)).status).toBe(202);
    expect((await post(`${stripe.url}/bells`, body, headers)).status).toBe(202);
    expect(stripe.runs.length).toBe(1);
    expect((await post(`${stripe.url}/bells`, body, { "stripe-signature": `t=1,v1=${value}` })).status).toBe(401);
  });

  test("a check of the address is answered before anything is routed", async () => {
    const { url } = await kitchen({
      before: ({ headers }) =>
        typeof headers["x-hook-secret"] === "string"
          ? { headers: { "x-hook-secret": headers["x-hook-secret"] } }
          : undefined,
    });
    const answer = await fetch(`${url}/anywhere`, { method: "POST", headers: { "x-hook-secret": "s" } });
    expect([answer.status, answer.headers.get("x-hook-secret")]).toEqual([200, "s"]);
  });
});

/** What the server says to bytes, until it ends the connection or falls silent. */
function raw(url: string, bytes: string, quietMs = 1_000): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(bytes, "latin1"));
    let text = "";
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(end, quietMs);
    socket.on("data", (chunk) => {
      text += chunk;
      end();
    });
    socket.on("error", end).on("close", end);
  });
}
