// Failures 1.0.0. Generated from failures.yaml by sagaspec; do not edit.

/** @see `#/channels/seats/messages/bookSeat` */
export interface BookSeat {
  seat: string;
}

/** @see `#/channels/answers/messages/seatBooked` */
export interface SeatBooked {
  booking: number;
}

/** @see `#/channels/answers/messages/seatTaken` */
export interface SeatTaken {
  by: string;
}

/** @see `#/channels/answers/messages/troubled` */
export interface Troubled {
  code: string;
  message: string;
  retryable: boolean;
}
