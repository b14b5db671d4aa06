// Provider 1.0.0. Generated from provider.yaml by sagaspec; do not edit.

/** @see `#/channels/quotes/messages/askQuote` */
export interface AskQuote {
  sku: string;
  amount?: number;
}
