/** People decide, or do not. Run: node --conditions=@sagaspec/source --import tsx examples/05-approval/main.ts */
import { pathToFileURL } from "node:url";
import { createClient, createSagaRunner, serve } from "@sagaspec/runtime";
import { createMemorySagaStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { approvals, approvalsEvents } from "../../generated/approvals/index.js";
import { refundExpense } from "./saga.js";

/** What has become of an expense. */
export interface Refunded {
  readonly status: string;
  readonly paid: readonly number[];
  readonly reminders: number;
}

/** Files an expense; whoever has to approve it answers when it is `asked`, only when `reminded`, or `never`. */
export async function main(answers: "asked" | "reminded" | "never", approved = true): Promise<Refunded> {
  const transport = createMemoryTransport();
  const events = createClient(approvalsEvents, transport);
  const paid: number[] = [];
  let reminders = 0;
  const decide = (expenseId: string) => events.decisions({ expenseId, approved, by: "Grace" });
  const people = await serve(
    approvals,
    {
      askForApproval: async ({ expenseId }) => {
        if (answers === "asked") await decide(expenseId);
      },
      remind: async ({ expenseId }) => {
        reminders += 1;
        if (answers === "reminded") await decide(expenseId);
      },
    },
    transport,
  );

  const patience = { beforeReminder: 300, afterReminder: 300 };
  const definition = refundExpense((_, amount) => void paid.push(amount), patience);
  const store = createMemorySagaStore();
  const sagas = createSagaRunner({ service: "expenses", sagas: [definition], store, transport, settleTime: "50ms" });
  await sagas.start();
  const expense = await sagas.run(definition, { expenseId: "2026-7", amount: 42 });
  const { status } = await expense.result({ timeout: "20s" });

  await sagas.close();
  await people.close();
  await transport.close();
  return { status, paid, reminders };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(await main("reminded"));
