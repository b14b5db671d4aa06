// Approvals 1.0.0. Generated from specs/examples/approvals.yaml by sagaspec; do not edit.
import type { Decided, Expense, Remind } from "./messages.js";

/** Examples of `askForApproval`. */
export const askForApproval: { readonly example: Expense } = { example: { expenseId: "taxi-7", amount: 40 } };

/** Examples of `remind`. */
export const remind: { readonly example: Remind } = { example: { expenseId: "taxi-7" } };

/** Examples of `decided`. */
export const decided: { readonly example: Decided } = { example: { expenseId: "taxi-7", approved: true, by: "ada" } };
