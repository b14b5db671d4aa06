import type { AccountingHandlers } from "../../../generated/accounting/index.js";

const authorizations = new Map<number, number>();

export const handlers: AccountingHandlers = {
  authorizeCard({ orderId, amount }, { fail }) {
    if (amount >= 50) throw fail("cardRefused", { reason: "Card authorization failed. Insufficient balance" });
    const transactionId = 100 + Math.floor(Math.random() * 901);
    authorizations.set(orderId, transactionId);
    return { transactionId };
  },

  voidAuthorization({ orderId }) {
    authorizations.delete(orderId);
  },
};
