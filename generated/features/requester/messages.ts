// Requester 1.0.0. Generated from requester.yaml by sagaspec; do not edit.

/** @see `#/channels/quotes/messages/askQuote` */
export interface AskQuote {
  sku: string;
  amount?: string;
}

/** @see `#/channels/lost/messages/askLost` */
export type AskLost = Record<string, unknown>;
