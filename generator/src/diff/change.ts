/** How bad a change is for those who do not change with the service. `unknown`: it could not be decided. */
export type Level = "breaking" | "compatible" | "unknown";

/** Who notices: those who send to the service, those who receive from it, or both. */
export type Side = "senders" | "receivers" | "both";

/** One difference between two versions of a contract. */
export interface Change {
  readonly level: Level;
  /** Kebab-case, stable: `enum-value-removed`. */
  readonly code: string;
  /** One sentence, about the two versions. */
  readonly what: string;
  /** JSON pointer with `#`: into the new document, or into the old one for what has gone. */
  readonly pointer: string;
  /** Generated name that is different or gone, where one is: `restaurant.createTicket`. */
  readonly symbol?: string;
  /** For whom `level` holds. */
  readonly side: Side;
}

/**
 * What the document's own service does with a message. It must go on accepting what it received so far, and must not
 * send what nobody expected so far.
 */
export type Use = "received" | "sent";

/** The others of a message that the service receives are its senders. */
export const otherSide = (use: Use): Side => (use === "received" ? "senders" : "receivers");

/** The side of several uses together; nobody's message may become anybody's. */
export function sideOf(uses: ReadonlySet<Use>): Side {
  const [only] = uses;
  return uses.size === 1 && only !== undefined ? otherSide(only) : "both";
}
