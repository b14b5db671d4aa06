import type { SchemaNode } from "../../contract/contract.js";
import type { Incompatibility } from "./gap.js";
import { createComparison } from "./inclusion.js";
import type { Scope } from "./scope.js";

/** Whether the new schema accepts fewer values than the old one, more, other ones, or the same with other words. */
export type Effect = "narrowed" | "widened" | "changed" | "none";

/** One difference of two schemas, whatever they are used for. */
export interface Difference {
  readonly effect: Effect;
  /** False where it could not be decided. */
  readonly certain: boolean;
  readonly code: string;
  /** `items[].quantity`; empty for the schema itself. */
  readonly path: string;
  /** What has happened: `minimum none becomes 1`. */
  readonly what: string;
  /** Into the new document, or into the old one for what has gone. */
  readonly pointer: string;
}

/** Compares schemas of two versions. */
export type CompareSchemas = (
  before: SchemaNode,
  after: SchemaNode,
  pointers: { readonly before: string; readonly after: string },
) => readonly Difference[];

/** Remembers what was compared: use one for two contracts. */
export function createSchemaComparison(before: Scope, after: Scope): CompareSchemas {
  const narrowing = createComparison(before, after);
  const widening = createComparison(after, before);
  return (old, now, pointers) => {
    const forth = { path: [], innerPointer: pointers.before, outerPointer: pointers.after };
    const back = { path: [], innerPointer: pointers.after, outerPointer: pointers.before };
    return unite([
      ...narrowing.compare(old, now, forth).map((gap) => difference(gap, "narrowed")),
      ...widening.compare(now, old, back).map((gap) => difference(gap, "widened")),
    ]);
  };
}

function difference(gap: Incompatibility, effect: "narrowed" | "widened"): Difference {
  const narrowed = effect === "narrowed";
  const [was = "", is = ""] = narrowed ? [gap.inner, gap.outer] : [gap.outer, gap.inner];
  const [oldPointer, newPointer] = narrowed
    ? [gap.innerPointer, gap.outerPointer]
    : [gap.outerPointer, gap.innerPointer];
  const gone = narrowed
    ? gap.kind === "union" || gap.kind === "field"
    : gap.kind === "declared" || gap.kind === "required";
  const [code, what] = words(gap, narrowed, was, is);
  return {
    effect: gap.kind === "declared" ? "none" : effect,
    certain: gap.certain,
    code,
    path: gap.path.join(".").replaceAll(".[", "["),
    what,
    pointer: gone ? oldPointer : newPointer,
  };
}

function words(
  gap: Incompatibility,
  narrowed: boolean,
  was: string,
  is: string,
): readonly [code: string, what: string] {
  const { kind, subject } = gap;
  const effect = narrowed ? "narrowed" : "widened";
  switch (kind) {
    case "type":
      return [`type-${effect}`, `the type ${was} becomes ${is}`];
    case "enum":
      if (subject === "enum") {
        return narrowed
          ? ["enum-added", `is limited to ${is} now`]
          : ["enum-removed", `is no longer limited to ${was}`];
      }
      return narrowed ? ["enum-value-removed", `can no longer be ${was}`] : ["enum-value-added", `can be ${is} now`];
    case "limit":
      return [`${limitNames[subject] ?? subject}-${effect}`, `${subject} ${was} becomes ${is}`];
    case "pattern":
    case "format":
      if (was !== "none" && is !== "none") return [`${kind}-changed`, `the ${kind} ${was} becomes ${is}`];
      return narrowed
        ? [`${kind}-added`, `has the ${kind} ${is} now`]
        : [`${kind}-removed`, `loses the ${kind} ${was}`];
    case "required":
      return narrowed
        ? ["field-now-required", "is required now"]
        : ["field-no-longer-required", "is no longer required"];
    case "field":
      return narrowed
        ? ["field-removed", "is no longer accepted: it is gone, and other fields are refused"]
        : ["field-added", "is new, and other fields used to be refused"];
    case "declared":
      return narrowed
        ? ["optional-field-added", "is new and optional"]
        : ["optional-field-removed", "is no longer described"];
    case "additional":
      return narrowed
        ? ["additional-fields-narrowed", `other fields are ${is || "refused"} now`]
        : ["additional-fields-widened", `other fields are no longer ${was || "refused"}`];
    case "union":
      return narrowed
        ? ["union-member-removed", `can no longer be ${subject}`]
        : ["union-member-added", `can be ${subject} now`];
    case "opaque":
      return ["not-comparable", `'${subject}' differs in a way that structure cannot decide`];
  }
}

const limitNames: { readonly [keyword: string]: string } = {
  minimum: "range",
  maximum: "range",
  exclusiveMinimum: "range",
  exclusiveMaximum: "range",
  multipleOf: "multiple-of",
  minLength: "length",
  maxLength: "length",
  minItems: "item-count",
  maxItems: "item-count",
  items: "item-count",
  uniqueItems: "unique-items",
  minProperties: "property-count",
  maxProperties: "property-count",
};

/** Joins what was seen from both sides: a type that narrowed and widened has changed. */
function unite(all: readonly Difference[]): readonly Difference[] {
  const found = new Map<string, Difference>();
  for (const one of all) {
    const code = one.code.replace(/-(narrowed|widened)$/, "-changed");
    const key = [code, one.path, one.what].join("\n");
    const before = found.get(key);
    if (!before || before.effect === one.effect) found.set(key, before ?? one);
    else found.set(key, { ...before, code, effect: "changed", certain: before.certain && one.certain });
  }
  const required = new Set([...found.values()].filter((one) => one.code.startsWith("field-")).map((one) => one.path));
  return [...found.values()].filter((one) => one.effect !== "none" || !required.has(one.path));
}
