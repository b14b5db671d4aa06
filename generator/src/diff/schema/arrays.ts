import type { SchemaNode } from "../../contract/contract.js";
import { gap, type Incompatibility, type Place } from "./gap.js";
import type { Comparison } from "./inclusion.js";
import { countGaps, limit } from "./scalars.js";
import type { FlatSchema } from "./shape.js";

/** What arrays of the inner schema the outer one refuses. */
export function arrayGaps(
  inner: FlatSchema,
  outer: FlatSchema,
  place: Place,
  comparison: Comparison,
): readonly Incompatibility[] {
  return [
    ...countGaps("minItems", "maxItems", inner, outer, place),
    ...(outer.uniqueItems && !inner.uniqueItems && inner.maxItems !== 1 && inner.maxItems !== 0
      ? [limit("uniqueItems", place, inner.uniqueItems ?? false, true)]
      : []),
    ...itemGaps(inner, outer, place, comparison),
  ];
}

function itemGaps(
  inner: FlatSchema,
  outer: FlatSchema,
  place: Place,
  comparison: Comparison,
): readonly Incompatibility[] {
  if (outer.items === undefined) return [];
  const length = Math.max(tupleLength(inner), tupleLength(outer));
  const gaps: Incompatibility[] = [];
  for (let index = 0; index < Math.min(length, inner.maxItems ?? length); index += 1) {
    gaps.push(
      ...oneItem(itemAt(inner, index), itemAt(outer, index), at(place, `[${index}]`, `items/${index}`), comparison),
    );
  }
  if (inner.maxItems !== undefined && inner.maxItems <= length) return gaps;
  const key = length > 0 ? "additionalItems" : "items";
  return [...gaps, ...oneItem(itemAt(inner, length), itemAt(outer, length), at(place, "[]", key), comparison)];
}

function oneItem(
  inner: SchemaNode,
  outer: SchemaNode,
  place: Place,
  comparison: Comparison,
): readonly Incompatibility[] {
  if (inner === false || outer === true) return [];
  if (outer === false) return [gap("limit", place, "items", { inner: "more items", outer: "none" })];
  return comparison.compare(inner, outer, place);
}

const tupleLength = (shape: FlatSchema): number => (Array.isArray(shape.items) ? shape.items.length : 0);

function itemAt(shape: FlatSchema, index: number): SchemaNode {
  const { items } = shape;
  if (isTuple(items)) return items[index] ?? shape.additionalItems ?? true;
  return items ?? true;
}

const isTuple = (items: FlatSchema["items"]): items is readonly SchemaNode[] => Array.isArray(items);

function at(place: Place, step: string, keys: string): Place {
  const { path, innerPointer, outerPointer } = place;
  return {
    path: [...path, step],
    innerPointer: `${innerPointer}/${keys}`,
    outerPointer: `${outerPointer}/${keys}`,
  };
}
