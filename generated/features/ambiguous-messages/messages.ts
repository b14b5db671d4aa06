// Ambiguous messages 1.0.0. Generated from ambiguous-messages.yaml by sagaspec; do not edit.

/** @see `#/channels/events/messages/created` */
export interface Created {
  kind?: "created";
}

/** @see `#/channels/events/messages/deleted` */
export interface Deleted {
  kind?: "deleted";
}

/** @see `#/channels/events/messages/moved` */
export interface Changed {
  to?: string;
}
