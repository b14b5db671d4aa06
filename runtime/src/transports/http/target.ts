/** Where a call goes: the server that the program names, else the one of the document, with what opens it. */
import type { Server } from "../../codegen.js";
import { messageOf, SagaspecError } from "../../core/errors.js";
import { type Credentials, type Login, loginOf, type ServerOptions, serverAddress } from "../../messaging/servers.js";
import type { Endpoint } from "../../messaging/transport.js";
import type { AccessTokens } from "./access-tokens.js";
import type { TlsOptions } from "./pool.js";

/** One of a value, or a function that gives it. */
export type Given<T> = T | (() => T | Promise<T>);

/** A server that is called. */
export interface HttpServerOptions extends Omit<ServerOptions, "server"> {
  /**
   * A server of a document, or the URL under which its addresses are. A function is called for each message.
   * @default the channel's first server that speaks HTTP
   * @example server: restaurant.$contract.servers.production
   */
  readonly server?: Given<Server | string>;
  /** By the server's security schemes. A function is called for each message. */
  readonly credentials?: Given<Credentials>;
}

/** What a call needs to know of its server. */
export interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly basePath: string;
  readonly tls: TlsOptions | undefined;
  /** Headers, and parameters of the query. */
  readonly headers: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string };
  /** The token that was used, where it was fetched. */
  readonly token?: string;
}

const tlsOptions = new WeakMap<Credentials, TlsOptions>();

/** @throws SagaspecError `invalid-usage`; Error when there is no token to be had */
export async function targetOf(
  to: Endpoint,
  { server: given, variables, credentials }: HttpServerOptions,
  tokens: AccessTokens,
): Promise<Target> {
  const server = (await current(given)) ?? serverOf(to);
  const known = await current(credentials);
  const url = urlOf(server, variables, to);
  const login = loginOf(typeof server === "string" ? undefined : server, known);
  return {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port,
    basePath: url.pathname,
    tls: known && tlsOf(known),
    ...(await shown(login, url, tokens)),
  };
}

/** The document's server for an endpoint. @throws SagaspecError `invalid-usage` */
export function serverOf({ operations, service, address }: Endpoint): Server {
  const servers = operations?.[0]?.channel.servers ?? [];
  const server = servers.find(({ protocol }) => /^https?$/i.test(protocol));
  if (server) return server;
  const what = operations?.[0]?.id ?? `${service}: "${address}"`;
  const text = `${what}: its document names no server that speaks HTTP; pass { server } or { servers: { ${service}: { server } } }`;
  throw new SagaspecError("invalid-usage", text);
}

function urlOf(server: Server | string, variables: ServerOptions["variables"], to: Endpoint): URL {
  const text = typeof server === "string" ? server : textOf(server, variables);
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (/^https?:$/.test(url.protocol)) return url;
  }
  const hint = "write https://host:port/path, without credentials";
  throw new SagaspecError("invalid-usage", `${to.service}: "${text.slice(0, 200)}" is no HTTP URL; ${hint}`);
}

function textOf(server: Server, variables: ServerOptions["variables"]): string {
  const { protocol, host, pathname } = serverAddress(server, variables);
  return `${protocol}://${host}${pathname}`;
}

async function shown(
  login: Login | undefined,
  url: URL,
  tokens: AccessTokens,
): Promise<Pick<Target, "headers" | "query" | "token">> {
  if (!login && (url.username || url.password)) {
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return { headers: { authorization: basic(user) }, query: {} };
  }
  switch (login?.kind) {
    case "password":
      return { headers: { authorization: basic(`${login.username}:${login.password}`) }, query: {} };
    case "bearer":
      return { headers: { authorization: `Bearer ${login.token}` }, query: {} };
    case "apiKey":
      return keyAt(login);
    case "clientCredentials": {
      const token = await tokens.token(login).catch((error) => {
        throw new NoToken(messageOf(error));
      });
      return { headers: { authorization: `Bearer ${token}` }, query: {}, token };
    }
    default:
      return { headers: {}, query: {} };
  }
}

/** There is no token at present. */
export class NoToken extends Error {}

function keyAt({ name, key, in: place }: Extract<Login, { kind: "apiKey" }>): Pick<Target, "headers" | "query"> {
  if (place === "query") return { headers: {}, query: { [name]: key } };
  if (place === "cookie") return { headers: { cookie: `${name}=${encodeURIComponent(key)}` }, query: {} };
  // `apiKey` (not `httpApiKey`) knows user and password as places only.
  if (place === "user") return { headers: { authorization: basic(`${key}:`) }, query: {} };
  if (place === "password") return { headers: { authorization: basic(`:${key}`) }, query: {} };
  return { headers: { [name]: key }, query: {} };
}

function basic(user: string): string {
  return `Basic ${Buffer.from(user).toString("base64")}`;
}

// The same object for the same credentials, so that their connections are shared.
function tlsOf(credentials: Credentials): TlsOptions | undefined {
  const { certificate: cert, key, passphrase, ca } = credentials;
  if (cert === undefined && ca === undefined) return undefined;
  let options = tlsOptions.get(credentials);
  if (!options) {
    options = {
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(passphrase !== undefined && { passphrase }),
      ...(ca !== undefined && { ca }),
    };
    tlsOptions.set(credentials, options);
  }
  return options;
}

export async function current<T>(given: Given<T> | undefined): Promise<T | undefined> {
  return typeof given === "function" ? (given as () => T | Promise<T>)() : given;
}
