// Correlation 1.0.0. Generated from correlation.yaml by sagaspec; do not edit.

/** @see `#/components/messages/askQuote` */
export interface AskQuote {
  sku: string;
}

/** @see `#/components/messages/askQuote/headers` */
export interface AskQuoteHeaders {
  /** Format: uuid. */
  request: string;
  replyTo: string;
}

/** @see `#/components/messages/quoted` */
export interface Quoted {
  price: number;
}

/** @see `#/components/messages/quoted/headers` */
export interface QuotedHeaders {
  /** Format: uuid. */
  request: string;
}

/** @see `#/components/messages/weigh` */
export interface Weigh {
  sku: string;
  /** At least 1. At most 999999. */
  number: number;
  answerTo: string;
}

/** @see `#/components/messages/weighed` */
export interface Weighed {
  grams: number;
  number: number;
}
