/** What may stand in the way of a value: the part of a code before `-narrowed` and its kind. */
export type GapKind =
  | "type"
  | "enum"
  | "limit"
  | "pattern"
  | "format"
  | "required"
  | "field"
  | "declared"
  | "additional"
  | "union"
  | "opaque";

/** Where a comparison stands, in both schemas. */
export interface Place {
  /** Fields and items on the way: `["items", "[]", "quantity"]`. */
  readonly path: readonly string[];
  readonly innerPointer: string;
  readonly outerPointer: string;
}

/** A reason why a value that the inner schema accepts may be refused by the outer one. */
export interface Incompatibility extends Place {
  readonly kind: GapKind;
  /** False where it could not be decided. */
  readonly certain: boolean;
  /** Where it concerns one: the keyword, the field, the branch of a union. */
  readonly subject: string;
  /** What each side says of it, for the reader. */
  readonly inner?: string;
  readonly outer?: string;
}

/** Gaps that lose a value, certainly or perhaps. A field that is merely declared now loses none. */
export const narrowing = (gaps: readonly Incompatibility[]): readonly Incompatibility[] =>
  gaps.filter((gap) => gap.kind !== "declared");

/** Makes a gap at a place. */
export function gap(
  kind: GapKind,
  place: Place,
  subject: string,
  more: Partial<Incompatibility> = {},
): Incompatibility {
  return { kind, certain: true, subject, ...place, ...more };
}
