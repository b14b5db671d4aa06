import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { html } from "./html.js";

/** A site shown from memory, to browsers on this machine only. */
export interface Preview {
  readonly url: string;
  /** Replaces the site; open pages show themselves again. */
  show(files: ReadonlyMap<string, string | Uint8Array>): void;
  /** Says in open pages, and in those opened later, why they are not up to date; until the next `show`. */
  report(problem: string): void;
  close(): Promise<void>;
}

const MOST_LISTENERS = 100;
const HEARTBEAT_MS = 15_000;

/** Starts to serve. @throws when the port is taken */
export async function startPreview(port: number): Promise<Preview> {
  let files: ReadonlyMap<string, string | Uint8Array> = new Map();
  let problem: string | undefined;
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const path = pathOf(request);
    if (path === undefined) return answer(response, 403, "text/plain", "Only for browsers on this machine.");
    if (request.method !== "GET" && request.method !== "HEAD") return answer(response, 405, "text/plain", "Only GET.");
    if (path === "@changes") return listen(response, listeners, problem);
    const file = path === "" || path.endsWith("/") ? `${path}index.html` : path;
    const content = files.get(file);
    if (content === undefined && files.size === 0 && problem !== undefined) {
      return answer(response, 200, TYPES[".html"] ?? "", problemPage(problem));
    }
    if (content === undefined) return answer(response, 404, "text/plain", `There is no ${file}.`);
    answer(response, 200, TYPES[extname(file)] ?? "application/octet-stream", content);
  });
  const heartbeat = setInterval(() => tell(listeners, ":\n\n"), HEARTBEAT_MS);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      clearInterval(heartbeat);
      reject(new Error(`port ${port} cannot be used (${error.message}); choose another with --port`));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    show(next) {
      files = next;
      problem = undefined;
      tell(listeners, "event: change\ndata: \n\n");
    },
    report(text) {
      problem = text;
      tell(listeners, problemEvent(text));
    },
    close() {
      clearInterval(heartbeat);
      for (const listener of listeners) listener.end();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A page of another site may reach this port through a name that it has pointed here: such a name is refused. */
function pathOf(request: IncomingMessage): string | undefined {
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? "")) return undefined;
  try {
    return decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname.slice(1));
  } catch {
    return "";
  }
}

const problemEvent = (problem: string): string => `event: problem\ndata: ${JSON.stringify(problem)}\n\n`;

/** Stands in for a site that could not be made yet. */
function problemPage(problem: string): string {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>Not yet a site</title></head><body><h1>The site cannot be made yet</h1><pre>${problem}</pre></body></html>`
    .text;
}

function listen(response: ServerResponse, listeners: Set<ServerResponse>, problem: string | undefined): void {
  if (listeners.size >= MOST_LISTENERS) {
    answer(response, 503, "text/plain", "Too many open pages.");
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(problem === undefined ? ":\n\n" : problemEvent(problem));
  listeners.add(response);
  response.on("close", () => listeners.delete(response));
}

function tell(listeners: ReadonlySet<ServerResponse>, text: string): void {
  for (const listener of listeners) listener.write(text);
}

function answer(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  const charset = type.startsWith("text/") ? "; charset=utf-8" : "";
  response.writeHead(status, {
    "content-type": type + charset,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".yaml": "text/yaml",
  ".yml": "text/yaml",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
};
