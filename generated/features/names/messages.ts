// Names 1.0.0. Generated from names.yaml by sagaspec; do not edit.

/** @see `#/components/messages/record` */
export interface RecordMessage {
  a?: string;
}

/** @see `#/components/messages/Order` */
export interface OrderMessage {
  items?: OrderMessageItem[];
}

/** @see `#/components/messages/1st-thing` */
export interface BestThing {
  error?: BestThingError2;
}

/** @see `#/components/schemas/Order` */
export interface Order {
  id?: string;
}

/** @see `#/components/schemas/Error` */
export interface NamesError {
  code?: number;
}

/** @see `#/components/schemas/BestThingError` */
export type BestThingError = string;

/** @see `#/components/schemas/日本語` */
export type 日本語 = string;

/** @see `#/components/messages/Order/payload/properties/items/items` */
export interface OrderMessageItem {
  n?: string;
}

/** @see `#/components/messages/1st-thing/payload/properties/error` */
export interface BestThingError2 {
  code?: number;
}
