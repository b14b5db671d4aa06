import { child } from "../../load/yaml/pointer.js";
import { gap, type Incompatibility, type Place } from "./gap.js";
import type { Comparison } from "./inclusion.js";
import { countGaps } from "./scalars.js";
import { canonical, type FlatSchema, fieldOf } from "./shape.js";

/** What objects of the inner schema the outer one refuses. */
export function objectGaps(
  inner: FlatSchema,
  outer: FlatSchema,
  place: Place,
  comparison: Comparison,
): readonly Incompatibility[] {
  return [
    ...countGaps("minProperties", "maxProperties", counted(inner), outer, place),
    ...requiredGaps(inner, outer, place),
    ...fieldGaps(inner, outer, place, comparison),
    ...patternGaps(inner, outer, place, comparison),
    ...additionalGaps(inner, outer, place, comparison),
  ];
}

/** Required and forbidden fields count as well. */
function counted(shape: FlatSchema): FlatSchema {
  const closed = shape.additionalProperties === false && !shape.patternProperties;
  const most = Math.min(
    shape.maxProperties ?? Number.POSITIVE_INFINITY,
    closed ? Object.keys(shape.properties ?? {}).length : Number.POSITIVE_INFINITY,
  );
  const minProperties = Math.max(shape.minProperties ?? 0, shape.required?.length ?? 0);
  return { ...shape, minProperties, ...(Number.isFinite(most) && { maxProperties: most }) };
}

function requiredGaps(inner: FlatSchema, outer: FlatSchema, place: Place): readonly Incompatibility[] {
  const sure = new Set(inner.required);
  return (outer.required ?? [])
    .filter((name) => !sure.has(name))
    .map((name) => gap("required", field(inner, outer, name, place), name));
}

function fieldGaps(
  inner: FlatSchema,
  outer: FlatSchema,
  place: Place,
  comparison: Comparison,
): readonly Incompatibility[] {
  const names = new Set([...Object.keys(inner.properties ?? {}), ...Object.keys(outer.properties ?? {})]);
  return [...names].flatMap((name) => {
    const [from, to] = [fieldOf(inner, name), fieldOf(outer, name)];
    const here = field(inner, outer, name, place);
    if (from === false || to === undefined) return [];
    if (to === false) return from === undefined ? [] : [gap("field", here, name)];
    if (from === undefined) return [gap("declared", here, name)];
    return comparison.compare(from, to, here);
  });
}

function patternGaps(
  inner: FlatSchema,
  outer: FlatSchema,
  place: Place,
  comparison: Comparison,
): readonly Incompatibility[] {
  const [from, to] = [inner.patternProperties ?? {}, outer.patternProperties ?? {}];
  const patterns = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...patterns].flatMap((pattern) => {
    const here = {
      path: [...place.path, `/${pattern}/`],
      innerPointer:
        from[pattern] === undefined ? place.innerPointer : child(`${place.innerPointer}/patternProperties`, pattern),
      outerPointer:
        to[pattern] === undefined ? place.outerPointer : child(`${place.outerPointer}/patternProperties`, pattern),
    };
    const wanted = to[pattern] ?? outer.additionalProperties ?? true;
    const given = from[pattern] ?? inner.additionalProperties ?? true;
    if (given === false || wanted === true) return [];
    const same = canonical(given, comparison.innerScope) === canonical(wanted, comparison.outerScope);
    // Another pattern may cover the same names.
    return same ? [] : [gap("opaque", here, "patternProperties", { certain: false })];
  });
}

function additionalGaps(
  inner: FlatSchema,
  outer: FlatSchema,
  place: Place,
  comparison: Comparison,
): readonly Incompatibility[] {
  const given = inner.additionalProperties ?? true;
  const wanted = outer.additionalProperties ?? true;
  if (given === false || wanted === true) return [];
  const here = { ...place, path: [...place.path, "*"] };
  if (wanted === false) return [gap("additional", place, "additionalProperties")];
  if (given === true) return [gap("additional", place, "additionalProperties", { outer: "of one type" })];
  return comparison.compare(given, wanted, {
    ...here,
    innerPointer: `${place.innerPointer}/additionalProperties`,
    outerPointer: `${place.outerPointer}/additionalProperties`,
  });
}

function field(inner: FlatSchema, outer: FlatSchema, name: string, place: Place): Place {
  const pointer = (shape: FlatSchema, base: string) =>
    declares(shape, name) ? child(`${base}/properties`, name) : base;
  return {
    path: [...place.path, name],
    innerPointer: pointer(inner, place.innerPointer),
    outerPointer: pointer(outer, place.outerPointer),
  };
}

const declares = (shape: FlatSchema, name: string): boolean =>
  shape.properties !== undefined && Object.hasOwn(shape.properties, name);
