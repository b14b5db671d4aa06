import { isDeepStrictEqual } from "node:util";
import type { SchemaNode } from "../../contract/contract.js";
import { arrayGaps } from "./arrays.js";
import { gap, type Incompatibility, narrowing, type Place } from "./gap.js";
import { objectGaps } from "./objects.js";
import { numberGaps, stringGaps } from "./scalars.js";
import type { Scope } from "./scope.js";
import { canonical, type FlatSchema, flatten } from "./shape.js";
import { commonTypes, describe, typesOf } from "./types.js";
import { unionGaps } from "./union.js";

/** What the rules for objects and arrays need of the comparison. */
export interface Comparison {
  readonly innerScope: Scope;
  readonly outerScope: Scope;
  compare(inner: SchemaNode, outer: SchemaNode, place: Place): readonly Incompatibility[];
}

export type Rule = (
  inner: FlatSchema,
  outer: FlatSchema,
  place: Place,
  comparison: Comparison,
) => readonly Incompatibility[];

const maxDepth = 48;
const maxSteps = 50_000;

/**
 * Compares schemas of two versions: is every value that `inner` accepts accepted by `outer`? No gap means yes. Sound
 * for draft-07, save for fields that one version does not declare and does not forbid either: they count as absent.
 * What is beyond structure (`not`, conditions, two patterns) gives a gap that is not certain. Recursive types are taken
 * as included while they are being compared.
 */
export function createComparison(innerScope: Scope, outerScope: Scope): Comparison {
  const known = new Map<string, readonly Incompatibility[]>();
  const assumed: string[] = [];
  let depth = 0;
  let steps = 0;

  const comparison: Comparison = {
    innerScope,
    outerScope,
    compare(inner, outer, at) {
      const place = {
        path: at.path,
        innerPointer: innerScope.pointer(inner, at.innerPointer),
        outerPointer: outerScope.pointer(outer, at.outerPointer),
      };
      const pair = typeof inner === "object" && typeof outer === "object" && inner.$ref && outer.$ref;
      if (!pair) return step(inner, outer, place);
      const key = `${inner.$ref} ${outer.$ref}`;
      const before = known.get(key);
      if (before) return before;
      known.set(key, []);
      const start = assumed.push(key) - 1;
      const gaps = distinct(step(inner, outer, place));
      if (narrowing(gaps).length > 0) {
        // What was found to fit while this pair was taken to fit has to be looked at again.
        for (const other of assumed.splice(start)) known.delete(other);
      }
      if (gaps.length > 0) known.set(key, gaps);
      return gaps;
    },
  };

  const step = (inner: SchemaNode, outer: SchemaNode, place: Place): readonly Incompatibility[] => {
    steps += 1;
    if (depth > maxDepth || steps > maxSteps) return [gap("opaque", place, "depth", { certain: false })];
    depth += 1;
    try {
      return compareNodes(inner, outer, place, comparison);
    } finally {
      depth -= 1;
    }
  };
  return comparison;
}

/** A type that is used in many places is in the gaps of each. */
function distinct(gaps: readonly Incompatibility[]): readonly Incompatibility[] {
  const id = ({ kind, subject, innerPointer, outerPointer }: Incompatibility) =>
    [kind, subject, innerPointer, outerPointer].join(" ");
  return [...new Map(gaps.map((one) => [id(one), one])).values()];
}

function compareNodes(
  inner: SchemaNode,
  outer: SchemaNode,
  place: Place,
  comparison: Comparison,
): readonly Incompatibility[] {
  const { innerScope, outerScope } = comparison;
  const from = flatten(inner, innerScope);
  const to = flatten(outer, outerScope);
  if (from === false) return [];
  if (to === false) return [gap("type", place, "type", { inner: describe(from), outer: "nothing" })];
  if (from.oneOf || from.anyOf || to.oneOf || to.anyOf) return unionGaps(inner, outer, place, comparison);
  const types = commonTypes(from, to);
  if (types.size < typesOf(from).size) {
    return [gap("type", place, "type", { inner: describe(from), outer: describe(to) })];
  }
  return [
    ...enumGaps(from, to, place),
    ...(types.has("number") || types.has("integer") ? numberGaps(from, to, place) : []),
    ...(types.has("string") ? stringGaps(from, to, place) : []),
    ...(types.has("object") ? objectGaps(from, to, place, comparison) : []),
    ...(types.has("array") ? arrayGaps(from, to, place, comparison) : []),
    ...opaqueGaps(from, to, place, comparison),
  ];
}

function enumGaps(inner: FlatSchema, outer: FlatSchema, place: Place): readonly Incompatibility[] {
  if (!outer.enum) return [];
  const given = inner.enum ?? fewValues(inner);
  if (!given) return [gap("enum", place, "enum", { outer: values(outer.enum) })];
  const lost = given.filter((value) => !outer.enum?.some((other) => isDeepStrictEqual(value, other)));
  return lost.length === 0 ? [] : [gap("enum", place, "value", { inner: values(lost), outer: values(outer.enum) })];
}

/** The values of types that have only a few. */
function fewValues(shape: FlatSchema): readonly unknown[] | undefined {
  const types = [...typesOf(shape)];
  if (types.length === 0 || !types.every((type) => type === "boolean" || type === "null")) return undefined;
  return types.flatMap((type): unknown[] => (type === "null" ? [null] : [true, false]));
}

const values = (list: readonly unknown[]): string => list.map((value) => JSON.stringify(value)).join(", ");

/** Keywords that only their own equality can vouch for. */
const opaque = [
  "not",
  "if",
  "dependencies",
  "propertyNames",
  "contains",
  "allOf",
  "contentEncoding",
  "contentMediaType",
] as const;

function opaqueGaps(
  inner: FlatSchema,
  outer: FlatSchema,
  place: Place,
  { innerScope, outerScope }: Comparison,
): readonly Incompatibility[] {
  return opaque.flatMap((keyword) => {
    const parts = keyword === "if" ? (["if", "then", "else"] as const) : [keyword];
    if (outer[keyword] === undefined) return [];
    const same = parts.every((part) => canonical(inner[part], innerScope) === canonical(outer[part], outerScope));
    return same ? [] : [gap("opaque", place, keyword, { certain: false })];
  });
}
