import { SagaspecError } from "../core/errors.js";

/** A place in a message: `$message.header#/correlationId`, `$message.payload#/order/id`. */
export interface MessageLocation {
  readonly part: "headers" | "payload";
  /** Unescaped segments of the JSON pointer; empty for the whole part. */
  readonly path: readonly string[];
}

const shape = /^\$message\.(header|payload)(?:#(\/.*)?)?$/s;

/**
 * Reads an AsyncAPI runtime expression (AsyncAPI 3.0, "Runtime Expression").
 * @throws SagaspecError `invalid-definition` for anything else.
 */
export function parseExpression(text: string): MessageLocation {
  const match = shape.exec(text);
  if (!match) {
    const hint = 'write "$message.header#/name" or "$message.payload#/path"';
    throw new SagaspecError("invalid-definition", `runtime expression "${text}": it is none; ${hint}`);
  }
  const pointer = match[2] ?? "";
  const path = pointer.split("/").slice(1);
  return {
    part: match[1] === "header" ? "headers" : "payload",
    path: path.map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~")),
  };
}

/** The value at a path; undefined where the path leads nowhere. */
export function readPath(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const segment of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as { readonly [key: string]: unknown })[segment];
  }
  return value;
}

/** A copy of `root` with `value` at the path. Only what lies on the path is copied; what is missing is made. */
export function writePath(root: unknown, path: readonly string[], value: unknown): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  if (Array.isArray(root)) {
    const copy = [...root];
    copy[Number(segment)] = writePath(copy[Number(segment)], rest, value);
    return copy;
  }
  const members = (typeof root === "object" && root !== null ? root : {}) as { readonly [key: string]: unknown };
  const inner = Object.hasOwn(members, segment) ? members[segment] : undefined;
  // A computed key defines an own property, even for "__proto__".
  return { ...members, [segment]: writePath(inner, rest, value) };
}

/** The schema of a place, as far as plain `properties` and `items` lead there. */
export function schemaAt(
  schema: { readonly [keyword: string]: unknown } | undefined,
  path: readonly string[],
): { readonly [keyword: string]: unknown } | undefined {
  let node: unknown = schema;
  for (const segment of path) {
    node = readPath(node, ["properties", segment]) ?? (/^\d+$/.test(segment) ? readPath(node, ["items"]) : undefined);
  }
  return typeof node === "object" && node !== null ? (node as { readonly [keyword: string]: unknown }) : undefined;
}
