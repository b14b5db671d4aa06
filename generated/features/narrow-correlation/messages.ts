// Narrow correlation 1.0.0. Generated from narrow-correlation.yaml by sagaspec; do not edit.

/** @see `#/channels/parcels/messages/track` */
export interface Track {
  ticket?: TrackTicket;
}

/** @see `#/channels/parcels/messages/weigh` */
export interface Weigh {
  parcel?: number;
}

/** @see `#/channels/parcels/messages/weigh/headers` */
export interface WeighHeaders {
  /** At most 8 characters. */
  id?: string;
}

/** @see `#/channels/parcels/messages/open` */
export interface Open {
  parcel?: number;
}

/** @see `#/channels/parcels/messages/open/headers` */
export interface OpenHeaders {
  id?: boolean;
}

/** @see `#/channels/parcels/messages/send` */
export interface SendMessage {
  parcel?: number;
}

/** @see `#/channels/parcels/messages/send/headers` */
export interface SendHeaders {
  /** At most 36 characters. Format: uuid. */
  id?: string | null;
}

/** @see `#/channels/parcels/messages/track/payload/properties/ticket` */
export interface TrackTicket {
  /** Matches `^P[0-9]{6}$`. */
  code?: string;
}
