/** Access tokens by OAuth 2.0 client credentials (RFC 6749, 4.4): fetched once, and used until shortly before they end. */
import type { Clock } from "../../core/clock.js";
import type { Login } from "../../messaging/servers.js";
import type { Exchanged, RequestHead } from "./pool.js";

type ClientCredentials = Extract<Login, { kind: "clientCredentials" }>;

export interface AccessTokens {
  /** A token that is still good for a while. @throws Error when the server gives none */
  token(login: ClientCredentials): Promise<string>;
  /** The server no longer takes it: the next call fetches another one. */
  forget(token: string): void;
}

// Without a word of the server about it a token counts as good for so long.
const usualLifeMs = 5 * 60_000;
const timeoutMs = 10_000;

export function createAccessTokens(
  clock: Clock,
  exchange: (url: URL, head: RequestHead, body: Buffer, timeoutMs: number) => Promise<Exchanged>,
): AccessTokens {
  const known = new Map<string, { readonly token: Promise<string>; until: number }>();

  async function fetchToken(login: ClientCredentials, entry: { until: number }): Promise<string> {
    const form = new URLSearchParams({ grant_type: "client_credentials" });
    if (login.scopes.length > 0) form.set("scope", login.scopes.join(" "));
    const body = Buffer.from(form.toString());
    const user = `${encodeURIComponent(login.clientId)}:${encodeURIComponent(login.clientSecret)}`;
    const headers = {
      accept: "application/json",
      authorization: `Basic ${Buffer.from(user).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
      "content-length": body.length,
    };
    const answer = await exchange(new URL(login.tokenUrl), { method: "POST", headers }, body, timeoutMs);
    if (!("status" in answer)) throw new Error(`no token from ${login.tokenUrl}: ${answer.reason}`);
    const content = contentOf(answer.body);
    if (answer.status !== 200 || typeof content.access_token !== "string") {
      const why = typeof content.error === "string" ? content.error : `status ${answer.status}`;
      throw new Error(`no token from ${login.tokenUrl}: ${why}`);
    }
    const lifeMs = Number(content.expires_in) * 1_000;
    const goodMs = lifeMs > 0 ? lifeMs : usualLifeMs;
    entry.until = clock.now() + goodMs - Math.min(30_000, goodMs / 10);
    return content.access_token;
  }

  return {
    token(login) {
      const key = JSON.stringify([login.tokenUrl, login.clientId, login.clientSecret, login.scopes]);
      const cached = known.get(key);
      if (cached && cached.until > clock.now()) return cached.token;
      const entry = { until: Number.POSITIVE_INFINITY };
      const token = fetchToken(login, entry);
      const made = Object.assign(entry, { token });
      known.set(key, made);
      token.catch(() => {
        if (known.get(key) === made) known.delete(key);
      });
      return token;
    },
    forget(token) {
      for (const [key, entry] of known) {
        void entry.token.then(
          (one) => {
            if (one === token && known.get(key) === entry) known.delete(key);
          },
          () => {},
        );
      }
    },
  };
}

function contentOf(body: Buffer): { readonly [name: string]: unknown } {
  try {
    const content = JSON.parse(body.toString("utf8"));
    return typeof content === "object" && content !== null ? content : {};
  } catch {
    return {};
  }
}
