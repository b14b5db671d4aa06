/** Where a server of a document is, and how one logs in there: from the document, and from what the program is given. */
import type { SecurityScheme, Server } from "../codegen.js";
import { SagaspecError } from "../core/errors.js";

/** What opens a server, by the kind of its security scheme. What the scheme does not ask for is left alone. */
export interface Credentials {
  /** `userPassword`, `plain`, `scramSha256`, `scramSha512`, and `http` with the scheme `basic`. */
  readonly username?: string;
  readonly password?: string;
  /** `apiKey`, `httpApiKey`. */
  readonly apiKey?: string;
  /** `http` with the scheme `bearer`; a token of one's own in place of OAuth 2.0 client credentials. */
  readonly token?: string;
  /** OAuth 2.0 client credentials: the token is fetched, and kept until shortly before it ends. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** In place of the document's. */
  readonly tokenUrl?: string;
  readonly scopes?: readonly string[];
  /** `X509`, and with any other scheme: the client's certificate, its key, and who signs the server's. PEM. */
  readonly certificate?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly ca?: string | Buffer;
}

/** A server as a transport takes it. */
export interface ServerOptions {
  /** A server of a document, as `contract.$contract.servers.production`. */
  readonly server?: Server;
  /** Values of the server's variables. @default the document's */
  readonly variables?: { readonly [name: string]: string };
}

/** Where a server is, with its variables filled in. */
export interface ServerAddress {
  readonly protocol: string;
  /** `host`, or `host:port`. */
  readonly host: string;
  /** Empty, or with a slash in front. */
  readonly pathname: string;
}

/** @throws SagaspecError `invalid-usage` for a variable without a value, or with one that the document does not allow */
export function serverAddress(server: Server, variables: ServerOptions["variables"] = {}): ServerAddress {
  const unknown = Object.keys(variables).find((name) => !Object.hasOwn(server.variables ?? {}, name));
  if (unknown !== undefined) {
    const known = Object.keys(server.variables ?? {}).join(", ") || "none";
    throw invalid(server, `it has no variable "${unknown}"; its variables: ${known}`);
  }
  const fill = (text: string) =>
    text.replace(/\{([^{}]+)\}/g, (_, name: string) => {
      const declared = server.variables?.[name];
      const value = variables[name] ?? declared?.default;
      if (value === undefined || value === "")
        throw invalid(server, `"${name}" has no value; pass { variables: { ${name}: ... } }`);
      if (declared?.enum && !declared.enum.includes(value)) {
        throw invalid(server, `"${name}" is "${value}"; give it one of ${declared.enum.join(", ")}`);
      }
      return value;
    });
  const pathname = fill(server.pathname ?? "");
  return {
    protocol: server.protocol.toLowerCase(),
    host: fill(server.host),
    pathname: pathname === "" || pathname.startsWith("/") ? pathname : `/${pathname}`,
  };
}

/** What a connection shows, after the scheme that the server asks for and the credentials fit. */
export type Login =
  | {
      readonly kind: "password";
      readonly username: string;
      readonly password: string;
      /** Of SASL. */
      readonly mechanism?: "plain" | "scram-sha-256" | "scram-sha-512";
    }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "apiKey"; readonly key: string; readonly name: string; readonly in: string }
  | {
      readonly kind: "clientCredentials";
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scopes: readonly string[];
    }
  | { readonly kind: "certificate" };

const mechanisms = { plain: "plain", scramSha256: "scram-sha-256", scramSha512: "scram-sha-512" } as const;

/**
 * The login of the first scheme that the credentials are enough for. Undefined where the document asks for none and none
 * is given.
 * @throws SagaspecError `invalid-usage` that says what is missing
 */
export function loginOf(server: Server | undefined, credentials: Credentials = {}): Login | undefined {
  const schemes = (server?.security ?? []).map((one) => (typeof one === "string" ? { type: one } : one));
  for (const scheme of schemes) {
    const login = loginBy(scheme, credentials);
    if (login) return login;
  }
  if (server && schemes.length > 0) {
    const asked = schemes.map(wanted).join(", or ");
    throw invalid(server, `it asks for ${asked}; pass { credentials: ... }`);
  }
  const { token, username, password } = credentials;
  if (token !== undefined) return { kind: "bearer", token };
  if (username !== undefined) return { kind: "password", username, password: password ?? "" };
  return credentials.certificate === undefined ? undefined : { kind: "certificate" };
}

function loginBy(scheme: SecurityScheme, given: Credentials): Login | undefined {
  const { username, password = "", token } = given;
  const user = username === undefined ? undefined : ({ kind: "password", username, password } as const);
  const bearer = token === undefined ? undefined : ({ kind: "bearer", token } as const);
  switch (scheme.type) {
    case "userPassword":
      return user;
    case "plain":
    case "scramSha256":
    case "scramSha512":
      return user && { ...user, mechanism: mechanisms[scheme.type] };
    case "http":
      return scheme.scheme?.toLowerCase() === "basic" ? user : bearer;
    case "apiKey":
    case "httpApiKey":
      if (given.apiKey === undefined) return undefined;
      return { kind: "apiKey", key: given.apiKey, name: scheme.name ?? "", in: scheme.in ?? "user" };
    case "oauth2":
    case "openIdConnect":
      return bearer ?? clientCredentials(scheme, given);
    case "X509":
      return given.certificate === undefined ? undefined : { kind: "certificate" };
    default:
      return undefined;
  }
}

function clientCredentials(scheme: SecurityScheme, given: Credentials): Login | undefined {
  const { clientId, clientSecret, tokenUrl = scheme.tokenUrl, scopes = scheme.scopes ?? [] } = given;
  if (clientId === undefined || clientSecret === undefined || tokenUrl === undefined) return undefined;
  return { kind: "clientCredentials", tokenUrl, clientId, clientSecret, scopes };
}

const members: { readonly [type: string]: string } = {
  apiKey: "apiKey",
  httpApiKey: "apiKey",
  oauth2: "clientId and clientSecret, or token",
  openIdConnect: "token",
  X509: "certificate and key",
  userPassword: "username and password",
  plain: "username and password",
  scramSha256: "username and password",
  scramSha512: "username and password",
};

function wanted(scheme: SecurityScheme): string {
  const { type } = scheme;
  const http = scheme.scheme?.toLowerCase() === "basic" ? "username and password" : "token";
  return `${type} (${type === "http" ? http : (members[type] ?? "a kind that is not supported")})`;
}

function invalid({ host }: Server, what: string): SagaspecError {
  return new SagaspecError("invalid-usage", `server ${host}: ${what}`);
}
