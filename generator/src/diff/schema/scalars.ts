import { isMultipleOf } from "@sagaspec/runtime/schema";
import { gap, type Incompatibility, type Place } from "./gap.js";
import { type FlatSchema, matches } from "./shape.js";

/** What numbers of the inner schema the outer one refuses. */
export function numberGaps(inner: FlatSchema, outer: FlatSchema, place: Place): readonly Incompatibility[] {
  const numbers = inner.enum?.filter((value) => typeof value === "number");
  return [
    ...lowerGaps(
      bound(inner, "minimum", "exclusiveMinimum", numbers),
      bound(outer, "minimum", "exclusiveMinimum"),
      place,
    ),
    ...upperGaps(
      bound(inner, "maximum", "exclusiveMaximum", numbers),
      bound(outer, "maximum", "exclusiveMaximum"),
      place,
    ),
    ...multipleGaps(inner, outer, numbers, place),
    ...(numbers ? [] : formatGaps(inner, outer, place)),
  ];
}

/** What strings of the inner schema the outer one refuses. */
export function stringGaps(inner: FlatSchema, outer: FlatSchema, place: Place): readonly Incompatibility[] {
  const texts = inner.enum?.filter((value) => typeof value === "string");
  const lengths = texts?.map((text) => [...text].length);
  return [
    ...countGaps("minLength", "maxLength", inner, outer, place, lengths),
    ...patternGaps(inner, outer, texts, place),
    ...(texts ? [] : formatGaps(inner, outer, place)),
  ];
}

type Minimum = "minLength" | "minItems" | "minProperties";
type Maximum = "maxLength" | "maxItems" | "maxProperties";

/** Compares a pair of keywords that count something; `counts` are the only ones that occur, where they are known. */
export function countGaps(
  minimum: Minimum,
  maximum: Maximum,
  inner: FlatSchema,
  outer: FlatSchema,
  place: Place,
  counts?: readonly number[],
): readonly Incompatibility[] {
  const [least, most] = counts ? [Math.min(...counts), Math.max(...counts)] : [inner[minimum], inner[maximum]];
  const low = outer[minimum] ?? 0;
  const high = outer[maximum];
  return [
    ...((least ?? 0) < low ? [limit(minimum, place, inner[minimum], low)] : []),
    ...(high !== undefined && (most ?? Number.POSITIVE_INFINITY) > high
      ? [limit(maximum, place, inner[maximum], high)]
      : []),
  ];
}

/** A limit that the outer schema sets closer. */
export function limit(keyword: string, place: Place, inner: unknown, outer: unknown): Incompatibility {
  const show = (value: unknown) => (value === undefined ? "none" : String(value));
  return gap("limit", place, keyword, { inner: show(inner), outer: show(outer) });
}

interface Bound {
  readonly keyword: string;
  readonly value: number;
  readonly exclusive: boolean;
}

/** The closer one of an inclusive and an exclusive limit. */
function bound(
  shape: FlatSchema,
  inclusive: "minimum" | "maximum",
  exclusive: "exclusiveMinimum" | "exclusiveMaximum",
  only?: readonly number[],
): Bound | undefined {
  const pick = inclusive === "minimum" ? Math.min : Math.max;
  if (only && only.length > 0) return { keyword: inclusive, value: pick(...only), exclusive: false };
  const [open, closed] = [shape[exclusive], shape[inclusive]];
  if (shape.type === "integer") return integerBound(inclusive, exclusive, open, closed);
  if (open === undefined)
    return closed === undefined ? undefined : { keyword: inclusive, value: closed, exclusive: false };
  const openWins = closed === undefined || pick(open, closed) !== open || open === closed;
  return openWins
    ? { keyword: exclusive, value: open, exclusive: true }
    : { keyword: inclusive, value: closed, exclusive: false };
}

/** The last integer inside: above 0 is from 1 on. */
function integerBound(
  inclusive: "minimum" | "maximum",
  exclusive: "exclusiveMinimum" | "exclusiveMaximum",
  open: number | undefined,
  closed: number | undefined,
): Bound | undefined {
  const isLower = inclusive === "minimum";
  const inside = open === undefined ? undefined : isLower ? Math.floor(open) + 1 : Math.ceil(open) - 1;
  const whole = closed === undefined ? undefined : isLower ? Math.ceil(closed) : Math.floor(closed);
  const limits = [inside, whole].filter((one) => one !== undefined);
  if (limits.length === 0) return undefined;
  const value = isLower ? Math.max(...limits) : Math.min(...limits);
  // Where integers lie further apart than 1, the next one is not known.
  if (!Number.isSafeInteger(value) && open !== undefined) return { keyword: exclusive, value: open, exclusive: true };
  return { keyword: value === whole ? inclusive : exclusive, value, exclusive: false };
}

function lowerGaps(inner: Bound | undefined, outer: Bound | undefined, place: Place): readonly Incompatibility[] {
  if (!outer) return [];
  const fits =
    inner && (inner.value > outer.value || (inner.value === outer.value && (inner.exclusive || !outer.exclusive)));
  return fits ? [] : [limit(outer.keyword, place, inner?.value, outer.value)];
}

function upperGaps(inner: Bound | undefined, outer: Bound | undefined, place: Place): readonly Incompatibility[] {
  if (!outer) return [];
  const fits =
    inner && (inner.value < outer.value || (inner.value === outer.value && (inner.exclusive || !outer.exclusive)));
  return fits ? [] : [limit(outer.keyword, place, inner?.value, outer.value)];
}

function multipleGaps(
  inner: FlatSchema,
  outer: FlatSchema,
  only: readonly number[] | undefined,
  place: Place,
): readonly Incompatibility[] {
  const step = outer.multipleOf;
  if (step === undefined) return [];
  const integers = inner.type === "integer" ? 1 : undefined;
  const own = only ?? [inner.multipleOf ?? integers].filter((value) => value !== undefined);
  const fits = own.length > 0 && own.every((value) => isMultipleOf(value, step));
  return fits ? [] : [limit("multipleOf", place, inner.multipleOf, step)];
}

function patternGaps(
  inner: FlatSchema,
  outer: FlatSchema,
  only: readonly string[] | undefined,
  place: Place,
): readonly Incompatibility[] {
  const { pattern } = outer;
  if (pattern === undefined || pattern === inner.pattern) return [];
  if (only?.every((text) => matches(pattern, text))) return [];
  // Whether one regular expression includes another is beyond structure.
  const certain = inner.pattern === undefined;
  return [gap("pattern", place, "pattern", { certain, inner: inner.pattern ?? "none", outer: pattern })];
}

/** Formats of numbers are ranges that validators do not check; a smaller one still may lose values. */
const within: { readonly [format: string]: readonly string[] } = { int32: ["int64"], float: ["double"] };

function formatGaps(inner: FlatSchema, outer: FlatSchema, place: Place): readonly Incompatibility[] {
  if (outer.format === undefined || outer.format === inner.format) return [];
  if (inner.format && within[inner.format]?.includes(outer.format)) return [];
  const certain = [outer.type].flat().includes("string");
  return [gap("format", place, "format", { certain, inner: inner.format ?? "none", outer: outer.format })];
}
