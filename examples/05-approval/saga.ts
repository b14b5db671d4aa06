/** Pays an expense back once somebody has approved it: reminds after a while, and gives up at the end. */
import { saga } from "@sagaspec/runtime";
import { approvals, approvalsEvents, type Decided, ExpenseSchema } from "../../generated/approvals/index.js";

/** How long people are given. */
export interface Patience {
  readonly beforeReminder: number;
  readonly afterReminder: number;
}

const days = 86_400_000;

/** @default patience three days, and four more after a reminder */
export function refundExpense(
  pay: (expenseId: string, amount: number) => void,
  { beforeReminder, afterReminder }: Patience = { beforeReminder: 3 * days, afterReminder: 4 * days },
) {
  const decision = { wait: approvalsEvents.decisions, match: ({ expenseId }: Decided) => expenseId };
  return saga("refund-expense", { version: 1, input: ExpenseSchema })
    .step("asked", { send: approvals.askForApproval, with: ({ input }) => input })
    .step("early", {
      ...decision,
      key: ({ input }) => input.expenseId,
      deadline: beforeReminder,
      onTimeout: "continue",
    })
    .step("reminded", {
      send: approvals.remind,
      with: ({ input }) => ({ expenseId: input.expenseId }),
      when: ({ early }) => early === undefined,
    })
    .step("late", {
      ...decision,
      key: ({ input }) => input.expenseId,
      deadline: afterReminder,
      onTimeout: "continue",
      when: ({ early }) => early === undefined,
    })
    .branch("outcome", {
      on: ({ early, late }) => ((early ?? late)?.approved ? "approved" : "refused"),
      cases: {
        approved: (body) => body.step("paid", { run: ({ input }) => pay(input.expenseId, input.amount) }),
        refused: (body) => body,
      },
    });
}

/** With a payment that only says so: what the docs site draws. */
export const refundExpenseHere = refundExpense((expenseId, amount) => console.log(`${expenseId}: ${amount} paid back`));
