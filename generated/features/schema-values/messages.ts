// Schemas of values 1.0.0. Generated from schema-values.yaml by sagaspec; do not edit.

/** @see `#/components/schemas/Values` */
export interface Values {
  id: Id;
  version: 2;
  color?: Color;
  size?: "s" | "m" | "l";
  country?: ValuesCountry;
  note?: string | null;
  pair?: [string?, ValuesPairItem2?];
  /** Format: date-time. */
  at?: string;
  /** Format: int64. */
  count?: number;
  /** Format: binary. */
  blob?: string;
  labels?: Record<string, string>;
  prices?: Record<string, ValuesPricesValue>;
  never?: never;
  /** @deprecated */
  old?: string;
  "foo-bar"?: ValuesFooBar;
  foo_bar?: ValuesFooBar2;
}

/**
 * Format: uuid.
 * @see `#/components/schemas/Id`
 */
export type Id = string;

/** @see `#/components/schemas/Color` */
export type Color = "red" | "green" | "blue";

/** @see `#/components/schemas/Values/properties/country` */
export type ValuesCountry = "" | "at" | "be" | "ch" | "de" | "1st" | "a b";

/** @see `#/components/schemas/Values/properties/pair/items/1` */
export interface ValuesPairItem2 {
  x?: number;
}

/** @see `#/components/schemas/Values/properties/prices/patternProperties/^[a-z]{3}$` */
export interface ValuesPricesValue {
  net?: number;
}

/** @see `#/components/schemas/Values/properties/foo-bar` */
export interface ValuesFooBar {
  a?: string;
}

/** @see `#/components/schemas/Values/properties/foo_bar` */
export interface ValuesFooBar2 {
  a?: string;
}
