/** An object of a document. Keys are whatever the author wrote: read them with {@link member}. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** Whether a value of a document is an object, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own member: never `constructor` or another inherited one. */
export function member(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** Sets a member, even `__proto__`, as data. */
export function setMember(target: object, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    Reflect.set(target, key, value);
  }
}
