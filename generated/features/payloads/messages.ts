// Payloads 1.0.0. Generated from payloads.yaml by sagaspec; do not edit.

/**
 * At least one character.
 * @see `#/channels/all/messages/word`
 */
export type Word = string;

/** @see `#/channels/all/messages/anything` */
export type Anything = unknown;

/** @see `#/channels/all/messages/list` */
export type List = ListItem[];

/** @see `#/channels/all/messages/text` */
export type Text = string;

/**
 * Format: binary.
 * @see `#/channels/all/messages/bytes`
 */
export type Bytes = string;

/** @see `#/channels/all/messages/list/payload/items` */
export interface ListItem {
  /** Format: int64. */
  id?: number;
}
