// Accounting service 1.0.0. Generated from specs/accounting.yaml by sagaspec; do not edit.
import type { AuthorizeCard, CardAuthorized, CardRefused, VoidAuthorization } from "./messages.js";

/** Examples of `authorizeCard`. */
export const authorizeCard: { readonly lunch: AuthorizeCard } = { lunch: { orderId: 1, cardId: 4, amount: 20 } };

/** Examples of `cardAuthorized`. */
export const cardAuthorized: { readonly example: CardAuthorized } = { example: { transactionId: 100 } };

/** Examples of `cardRefused`. */
export const cardRefused: { readonly "too-much": CardRefused } = {
  "too-much": { reason: "Card authorization failed. Insufficient balance" },
};

/** Examples of `voidAuthorization`. */
export const voidAuthorization: { readonly example: VoidAuthorization } = { example: { orderId: 1 } };
