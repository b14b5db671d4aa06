import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { greeter, project, sagaspec } from "../cli/terminal.js";

const payload = "type: object\nrequired: [name]\nproperties: { name: { type: string } }\n";
const megabyte = Buffer.alloc(1024 * 1024, "#");

/** What the server has at each path. */
const pages: { readonly [path: string]: RequestListener } = {
  "/greet.yaml": (_, response) => response.end(payload),
  "/parts/named.yaml": (_, response) => response.end('properties: { name: { $ref: "name.yaml" } }\n'),
  "/parts/name.yaml": (_, response) => response.end("type: string\nmaxLength: 7\n"),
  "/moved.yaml": (_, response) => response.writeHead(302, { location: "/parts/named.yaml" }).end(),
  "/circle.yaml": (_, response) => response.writeHead(302, { location: "/circle.yaml" }).end(),
  "/passwd.yaml": (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end(),
  "/broken.yaml": (_, response) => response.end("type: [\n"),
  "/silent.yaml": () => {},
  "/slow.yaml": (_, response) => {
    const drip = setInterval(() => response.write("#"), 100);
    response.on("close", () => clearInterval(drip));
  },
  "/endless.yaml": (_, response) => {
    const pour = (): void => void (response.writable && response.write(megabyte, pour));
    response.on("error", () => {});
    pour();
  },
  "/document.yaml": (_, response) =>
    response.end(greeter.replace(/payload: \{.*name.*/, 'payload: { $ref: "greet.yaml" } }')),
};

let server: Server;
let origin: string;
let requests: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    const chain = /^\/chain\/(\d+)$/.exec(path)?.[1];
    const page: RequestListener = chain
      ? (_, answer) => void setTimeout(() => answer.end(`{ $ref: "${Number(chain) + 1}" }`), 20)
      : (pages[path] ?? ((_, answer) => answer.writeHead(404).end("nothing here")));
    page(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const referring = (path: string): string =>
  greeter.replace(/payload: \{.*name.*/, `payload: { $ref: "${path.startsWith("/") ? origin : ""}${path}" } }`);

async function validate(path: string, ...options: string[]): Promise<{ code: number; said: string }> {
  await using folder = await project({ "document.yaml": referring(path) });
  const { code, out, notes } = await sagaspec(folder.path, "validate", "document.yaml", ...options);
  return { code, said: `${out}\n${notes}` };
}

describe("a reference to another host", () => {
  test("is refused, and nothing is asked of it, as long as nobody allows it", async () => {
    requests = [];
    const { code, said } = await validate("/greet.yaml");
    expect(code).toBe(1);
    expect(said).toMatch(/document\.yaml:7:16 error remote-reference cannot follow 'http:.*': nothing is fetched/);
    expect(said).toContain("--allow-remote");
    expect(requests).toEqual([]);
  });

  test("is followed where it is allowed, and fetched once", async () => {
    requests = [];
    expect(await validate("/greet.yaml", "--allow-remote")).toMatchObject({ code: 0 });
    expect(requests).toEqual(["/greet.yaml"]);
  });

  test("is followed through a redirect, and what stands there is relative to where it stands", async () => {
    requests = [];
    expect(await validate("/moved.yaml", "--allow-remote")).toMatchObject({ code: 0 });
    expect(requests).toEqual(["/moved.yaml", "/parts/named.yaml", "/parts/name.yaml"]);
  });

  test.each([
    ["a file that is not there", "/nothing.yaml", "the server answered 404"],
    ["a redirect to itself", "/circle.yaml", "redirect count exceeded"],
    ["a redirect out of the web", "/passwd.yaml", "URL scheme must be a HTTP\\(S\\) scheme"],
    ["a file without end", "/endless.yaml", "17 MB are more than the 16 MB allowed"],
    ["a host that does not listen", "http://127.0.0.1:1/x.yaml", "bad port"],
    ["a port that is closed", "http://127.0.0.1:2/x.yaml", "no connection \\(ECONNREFUSED\\)"],
  ])("says what is wrong with %s", async (_, path, message) => {
    const { code, said } = await validate(path, "--allow-remote");
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`document\\.yaml:7:16 error [a-z-]+ cannot follow '[^']*': ${message}`));
    expect(said).toMatch(/hint: \w+/);
  });

  test("says where a remote file itself is wrong", async () => {
    const { code, said } = await validate("/broken.yaml", "--allow-remote");
    expect([code, said]).toEqual([1, expect.stringMatching(/http:.*\/broken\.yaml:\d+:\d+ error invalid-yaml/)]);
  });

  describe.concurrent("ends, however long the other end takes:", () => {
    test.each([
      ["no answer", "/silent.yaml", /: remote files took more than 15 s/],
      ["an answer in drops", "/slow.yaml", /: remote files took more than 15 s/],
      ["files that lead to ever more files", "/chain/1", /leads in a circle, or on and on/],
    ])("%s", { timeout: 120_000 }, async (_, path, message) => {
      const { code, said } = await validate(path, "--allow-remote");
      expect(code).toBe(1);
      expect(said).toMatch(message);
    });
  });
});

test("a document may itself be elsewhere", async () => {
  await using folder = await project({});
  const { code, notes } = await sagaspec(folder.path, "generate", `${origin}/document.yaml`, "--allow-remote");
  expect([code, notes]).toEqual([0, ""]);
  const refused = await sagaspec(folder.path, "generate", `${origin}/document.yaml`);
  expect([refused.code, refused.notes]).toEqual([1, expect.stringContaining("nothing is fetched from other hosts")]);
});
