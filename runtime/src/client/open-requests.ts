import type { Incoming, Outgoing } from "../messaging/transport.js";
import { correlationIds } from "../wire/correlation.js";
import { type MessageLocation, readPath } from "../wire/expression.js";
import { formatOf, type MessageFormat } from "../wire/message-format.js";
import type { AnyRequest, Located } from "../wire/operations.js";

/** A request that waits for its reply. */
export interface OpenRequest {
  /** Of the request's message. */
  readonly id: string;
  readonly operation: AnyRequest;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** The same message, to be answered where replies arrive now. */
  sendAgain(): void;
}

/** A request's message, and the ids under which its reply may come back. */
export interface Identified {
  readonly outgoing: Outgoing;
  readonly ids: readonly string[];
  /** Makes the message anew, under the same ids. */
  encodeAgain(): Outgoing;
}

// So many ids are tried before a request is refused: enough to find the last free number of a hundred, mostly.
const attemptsAtUnique = 200;

/** The requests of a client that wait, under the ids by which their replies are known. */
export class OpenRequests {
  readonly #byId = new Map<string, OpenRequest>();
  readonly #declaredPlaces: readonly { readonly place: MessageLocation; readonly format: MessageFormat }[];

  constructor(operations: readonly Located[]) {
    this.#declaredPlaces = declaredPlaces(operations);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  add(ids: readonly string[], request: OpenRequest): void {
    for (const id of ids) this.#byId.set(id, request);
  }

  /** Ends all of them with the error. */
  rejectAll(error: Error): void {
    for (const request of new Set(this.#byId.values())) request.reject(error);
  }

  all(): ReadonlySet<OpenRequest> {
    return new Set(this.#byId.values());
  }

  delete(ids: readonly string[]): void {
    for (const id of ids) this.#byId.delete(id);
  }

  /**
   * The message as `encode` makes it of an id. Where the contract asks for a small number, two ids may give the same one:
   * then another id is taken.
   */
  unique(operation: AnyRequest, id: string, encode: (correlationId: string) => Outgoing): Identified {
    const identified = (correlationId: string): Identified => {
      const outgoing = encode(correlationId);
      return { outgoing, ids: correlationIds(operation, outgoing), encodeAgain: () => encode(correlationId) };
    };
    const first = identified(id);
    let next = first;
    for (let salt = 1; salt <= attemptsAtUnique; salt += 1) {
      const [native, declared] = next.ids;
      const isOurs = declared !== undefined && !this.#byId.has(native as string);
      if (!isOurs || !this.#byId.has(declared)) return next;
      next = identified(`${id}.${salt}`);
    }
    return first;
  }

  /** The request that this is a reply to. */
  of(reply: Incoming): OpenRequest | undefined {
    const declared = this.#declared(reply, "headers");
    if (declared) return declared;
    const native = reply.correlationId === undefined ? undefined : this.#byId.get(reply.correlationId);
    return native ?? this.#declared(reply, "payload");
  }

  #declared(reply: Incoming, part: MessageLocation["part"]): OpenRequest | undefined {
    for (const { place, format } of this.#declaredPlaces) {
      if (place.part !== part) continue;
      const value = part === "headers" ? readPath(reply.headers, place.path) : payloadAt(format, reply, place);
      const request = value === undefined || value === null ? undefined : this.#byId.get(String(value));
      if (request) return request;
    }
    return undefined;
  }
}

function payloadAt(format: MessageFormat, reply: Incoming, place: MessageLocation): unknown {
  try {
    return readPath(format.decode(reply.body, "reply"), place.path);
  } catch {
    return undefined;
  }
}

function declaredPlaces(operations: readonly Located[]) {
  const places = new Map<string, { readonly place: MessageLocation; readonly format: MessageFormat }>();
  for (const { operation } of operations) {
    if (operation.kind !== "request") continue;
    for (const message of [...operation.reply.success, ...Object.values(operation.reply.failure ?? {})]) {
      const format = formatOf(message);
      if (format.correlation) places.set(message.correlationId as string, { place: format.correlation, format });
    }
  }
  return [...places.values()];
}
