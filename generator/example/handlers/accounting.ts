import type { AccountingHandlers } from "../generated/accounting/index.js";

/** In cents. */
const limit = 5_000;

export const handlers: AccountingHandlers = {
  authorizeCard({ orderId, amount }, { fail }) {
    if (amount > limit) throw fail("cardRefused", { reason: "over the limit" });
    console.log(`accounting: ${amount} cents for order ${orderId}`);
    return { transactionId: 200 + orderId };
  },
};
