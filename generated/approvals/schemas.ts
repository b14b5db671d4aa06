// Approvals 1.0.0. Generated from specs/examples/approvals.yaml by sagaspec; do not edit.
import type { Schema } from "@sagaspec/runtime/codegen";
import type * as messages from "./messages.js";

export const ExpenseIdSchema: Schema<messages.ExpenseId> = { type: "string", minLength: 1 };

export const ExpenseSchema: Schema<messages.Expense> = {
  type: "object",
  required: ["expenseId", "amount"],
  properties: { expenseId: ExpenseIdSchema, amount: { type: "number", minimum: 0 } },
};

export const RemindSchema: Schema<messages.Remind> = {
  type: "object",
  required: ["expenseId"],
  properties: { expenseId: ExpenseIdSchema },
};

export const DecidedSchema: Schema<messages.Decided> = {
  type: "object",
  required: ["expenseId", "approved", "by"],
  properties: { expenseId: ExpenseIdSchema, approved: { type: "boolean" }, by: { type: "string" } },
};
