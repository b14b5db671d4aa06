import { pathToFileURL } from "node:url";
import type { Source } from "../files/source.js";
import { isObject, member } from "../yaml/json.js";
import { JsonNode } from "../yaml/json-node.js";
import { child, decodePart, keysOf } from "../yaml/pointer.js";

/*
 * Schemas may be referred to by what they call themselves: `$id: "#item"` makes an anchor; any other `$id` names the
 * schema, and is what the references in it are relative to (draft-07, "The `$id` Keyword").
 */

/** A schema, and the pointer into it that is left to be followed. */
export interface Identified {
  readonly node: JsonNode;
  readonly rest: string;
}

/** The schema of the same file that a reference means by an identifier. */
export function findIdentified(from: JsonNode, reference: string): Identified | undefined {
  const url = absolute(reference, baseOf(from));
  if (url === undefined) return undefined;
  const schemas = identified(from.source);
  const whole = schemas.get(url);
  if (whole) return { node: whole, rest: "" };
  const [resource = "", rest = ""] = url.split("#", 2);
  const node = rest.startsWith("/") ? schemas.get(resource) : undefined;
  return node && { node, rest: decodePart(rest) };
}

const known = new WeakMap<Source, ReadonlyMap<string, JsonNode>>();

/** The schemas of a file by their absolute identifiers. */
function identified(source: Source): ReadonlyMap<string, JsonNode> {
  const done = known.get(source);
  if (done) return done;
  const found = new Map<string, JsonNode>();
  const visit = (value: unknown, pointer: string, outer: string): void => {
    if (typeof value !== "object" || value === null) return;
    const base = ownBase(value, outer);
    for (const id of identifiers(value)) {
      const url = absolute(id, base);
      if (url !== undefined && !found.has(url)) found.set(url, new JsonNode(source, pointer, value));
    }
    for (const [key, one] of Object.entries(value)) visit(one, child(pointer, key), base);
  };
  visit(source.value, "", locationOf(source));
  known.set(source, found);
  return found;
}

/** What references at a place are relative to. */
function baseOf({ source, pointer }: JsonNode): string {
  let base = ownBase(source.value, locationOf(source));
  let value = source.value;
  for (const key of keysOf(pointer)) {
    value = member(value, key);
    base = ownBase(value, base);
  }
  return base;
}

function ownBase(value: unknown, outer: string): string {
  const [id] = identifiers(value);
  return (id !== undefined && !id.startsWith("#") && absolute(id, outer)) || outer;
}

function identifiers(value: unknown): string[] {
  if (!isObject(value) || member(value, "$ref") !== undefined) return [];
  const [id, anchor] = [member(value, "$id"), member(value, "$anchor")];
  return [...(typeof id === "string" ? [id] : []), ...(typeof anchor === "string" ? [`#${anchor}`] : [])];
}

function locationOf({ location }: Source): string {
  return /^https?:/i.test(location) ? location : pathToFileURL(location).href;
}

function absolute(reference: string, base: string): string | undefined {
  return URL.canParse(reference, base) ? new URL(reference, base).href.replace(/#$/, "") : undefined;
}
