import { isDeepStrictEqual } from "node:util";
import type { SchemaNode } from "../../contract/contract.js";
import { gap, type Incompatibility, narrowing, type Place } from "./gap.js";
import type { Comparison } from "./inclusion.js";
import type { Scope } from "./scope.js";
import { alternatives, type FlatSchema, flatten, split } from "./shape.js";
import { describe, typesOf } from "./types.js";

/** Every alternative of the inner schema must fit one of the outer schema. */
export function unionGaps(
  from: SchemaNode,
  to: SchemaNode,
  place: Place,
  comparison: Comparison,
): readonly Incompatibility[] {
  const outer = alternatives(to, comparison.outerScope);
  const members = alternatives(from, comparison.innerScope);
  const inner = outer.length > 1 ? members.flatMap((part) => split(part, comparison.innerScope)) : members;
  const shape = flatten(to, comparison.outerScope);
  const exclusive = shape !== false && shape.oneOf !== undefined;
  const gaps: Incompatibility[] = [];
  const used = new Set<number>();
  for (const [index, part] of inner.entries()) {
    const found = outer.map((other) => comparison.compare(part, other, place));
    const fits = found.flatMap((one, at) => (narrowing(one).length === 0 ? [at] : []));
    const best = fits.includes(index) ? index : fits[0];
    if (best !== undefined) used.add(best);
    if (best !== undefined) gaps.push(...(found[best] ?? []));
    else gaps.push(...closest(part, index, inner, outer, found, place, comparison));
  }
  // In a `oneOf` a value must not fit two members: one that is the counterpart of nothing old may take values from the rest.
  const extra = outer.filter((_, at) => !used.has(at));
  if (exclusive && gaps.length === 0) {
    for (const other of extra) {
      if (inner.some((part) => overlap(part, other, comparison))) {
        gaps.push(gap("union", place, label(other), { certain: false, outer: "overlaps with another member" }));
      }
    }
  }
  return gaps;
}

/** The gaps to the member that is meant to be the same, or else that the member has no counterpart. */
function closest(
  part: SchemaNode,
  index: number,
  inner: readonly SchemaNode[],
  outer: readonly SchemaNode[],
  found: readonly (readonly Incompatibility[])[],
  place: Place,
  { innerScope, outerScope }: Comparison,
): readonly Incompatibility[] {
  const named = outer.findIndex((other) => label(other) !== "" && label(other) === label(part));
  const tag = tagOf(part, innerScope);
  const tagged = tag === undefined ? -1 : outer.findIndex((other) => tagOf(other, outerScope) === tag);
  const only = inner.length === 1 && outer.length === 1 ? 0 : -1;
  const alike = inner.length === outer.length && tag === undefined && label(part) === "" ? index : -1;
  const partner = [named, tagged, only, alike].find((at) => at >= 0);
  const gaps = partner === undefined ? undefined : found[partner];
  if (gaps?.some((one) => one.path.length > place.path.length || one.kind !== "type")) return gaps;
  const undecided = found.some((one) => narrowing(one).every((each) => !each.certain));
  const shape = flatten(part, innerScope);
  const name = label(part) || tag || (shape === false ? "" : describe(shape));
  return [
    gap("union", place, name, { certain: !undecided, innerPointer: innerScope.pointer(part, place.innerPointer) }),
  ];
}

const label = (node: SchemaNode): string => (typeof node === "object" ? (node.$ref ?? "") : "");

/** The constants that tell an object of a union from the others: `type="card"`. */
function tagOf(node: SchemaNode, scope: Scope): string | undefined {
  const shape = flatten(node, scope);
  if (shape === false) return undefined;
  const tags = Object.entries(shape.properties ?? {}).flatMap(([name, schema]) => {
    const field = flatten(schema, scope);
    return field !== false && field.enum?.length === 1 ? [`${name}=${JSON.stringify(field.enum[0])}`] : [];
  });
  return tags[0];
}

/** Whether a value could be one of both; true where that is not plainly impossible. */
function overlap(a: SchemaNode, b: SchemaNode, { innerScope, outerScope }: Comparison): boolean {
  const [one, other] = [flatten(a, innerScope), flatten(b, outerScope)];
  if (one === false || other === false) return false;
  const types = sharedTypes(one, other);
  if (one.enum && other.enum)
    return one.enum.some((value) => other.enum?.some((each) => isDeepStrictEqual(value, each)));
  if (types.size === 0) return false;
  if (types.size > 1 || !types.has("object")) return true;
  const [tag, otherTag] = [tagOf(a, innerScope), tagOf(b, outerScope)];
  const closed = one.additionalProperties === false || other.additionalProperties === false;
  const lacks = (x: FlatSchema, y: FlatSchema) =>
    x.required?.some((name) => y.additionalProperties === false && !y.properties?.[name]);
  if (closed && (lacks(one, other) || lacks(other, one))) return false;
  return (
    tag === undefined || otherTag === undefined || tag.split("=")[0] !== otherTag.split("=")[0] || tag === otherTag
  );
}

/** The JSON types of which both accept values. An integer is a number. */
function sharedTypes(one: FlatSchema, other: FlatSchema): ReadonlySet<string> {
  const wide = (type: string) => (type === "integer" ? "number" : type);
  const types = new Set([...typesOf(one)].map(wide));
  return new Set([...typesOf(other)].map(wide).filter((type) => types.has(type)));
}
