// Parameters 1.0.0. Generated from parameters.yaml by sagaspec; do not edit.

/** @see `#/channels/rooms/messages/cleanRoom` */
export interface CleanRoom {
  thoroughly: boolean;
}

/** @see `#/channels/bookings/messages/bookRoom` */
export interface BookRoom {
  guest: string;
}

/** @see `#/channels/private/messages/whisper` */
export interface Whisper {
  text: string;
}
