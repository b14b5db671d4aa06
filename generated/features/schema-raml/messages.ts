// RAML 1.0.0. Generated from schema-raml.yaml by sagaspec; do not edit.

/** @see `#/channels/books/publish/message` */
export interface Book {
  title: string;
  pages?: number;
}
