// Shared types. Generated from parts/payments.yaml by sagaspec; do not edit.

/** @see `#/components/messages/paid/payload` */
export interface Paid {
  amount: Money;
}

/**
 * An amount in one currency.
 * @see `#/components/schemas/Money`
 */
export interface Money {
  amount: number;
  /** Matches `^[A-Z]{3}$`. */
  currency: string;
}
