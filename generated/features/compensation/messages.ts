// Compensation 1.0.0. Generated from compensation.yaml by sagaspec; do not edit.

/** @see `#/channels/rooms/messages/book` */
export interface Book {
  room: string;
}

/** @see `#/channels/rooms/messages/cancel` */
export interface Cancel {
  room: string;
}

/** @see `#/channels/rooms/messages/refund` */
export interface Refund {
  booking: string;
}
