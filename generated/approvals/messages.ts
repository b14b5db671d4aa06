// Approvals 1.0.0. Generated from specs/examples/approvals.yaml by sagaspec; do not edit.

/**
 * Money that somebody wants back.
 * @see `#/components/schemas/Expense`
 */
export interface Expense {
  expenseId: ExpenseId;
  /** At least 0. */
  amount: number;
}

/**
 * A request that waits.
 * @see `#/components/messages/remind`
 */
export interface Remind {
  expenseId: ExpenseId;
}

/**
 * Somebody has approved a request, or has not.
 * @see `#/components/messages/decided`
 */
export interface Decided {
  expenseId: ExpenseId;
  approved: boolean;
  by: string;
}

/**
 * At least one character.
 * @see `#/components/schemas/ExpenseId`
 */
export type ExpenseId = string;
