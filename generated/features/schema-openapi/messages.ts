// OpenAPI schemas 1.0.0. Generated from schema-openapi.yaml by sagaspec; do not edit.

/** @see `#/components/messages/offer/payload/schema` */
export interface Offer {
  /** More than 0. */
  price: number;
  /** Format: date. */
  until?: string | null;
  state?: "open" | "sold" | null;
}
