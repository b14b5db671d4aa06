import type { Json } from "../../codegen.js";

/** What a line of history says under a name. */
export function fieldOf(data: Json | undefined, name: string): Json | undefined {
  const isObject = typeof data === "object" && data !== null && !Array.isArray(data);
  return isObject ? (data as { readonly [name: string]: Json })[name] : undefined;
}
