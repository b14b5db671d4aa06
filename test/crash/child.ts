/**
 * Two orders, one that succeeds and one whose card is refused, with the orchestrator and its participants in this process
 * and everything they must not forget in one file. Argument: {@link ChildOptions} as JSON. Prints {@link ChildReport}.
 */
import { type Inbox, serve } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { createSagaRunner } from "../../runtime/src/saga/runner/runner.js";
import { createSqliteStore, type SqliteDatabase } from "../../runtime/src/sqlite/index.js";
import { accounting, consumer, restaurant } from "../saga/contracts.js";
import { createOrder } from "../saga/create-order.js";
import { type Death, openMortalDatabase } from "./mortal-database.js";

export interface ChildOptions {
  readonly path: string;
  readonly death?: Death;
}

export interface ChildReport {
  readonly commits: number;
  /** Status of each order. */
  readonly statuses: readonly string[];
  /** What the participants did, each thing once for each time it took effect. */
  readonly effects: readonly string[];
}

const { path, death }: ChildOptions = JSON.parse(process.argv[2] ?? "{}");
const database = openMortalDatabase(path, death);
database.exec("create table if not exists effect_log (message_id text not null, what text not null) strict");
const store = createSqliteStore({ database });
const transport = createMemoryTransport();
const { inbox, perform } = effectfulInbox(store.inbox, database);
const options = { inbox, lease: "200ms" } as const;

await serve(consumer, { verify: () => {} }, transport, options);
await serve(
  restaurant,
  {
    createTicket({ orderId }, { messageId }) {
      perform(messageId, `ticket of order ${orderId} created`);
      return { ticketId: 200 + orderId };
    },
    approveTicket: ({ ticketId }, { messageId }) => perform(messageId, `ticket ${ticketId} approved`),
    rejectTicket: ({ orderId }, { messageId }) => perform(messageId, `ticket of order ${orderId} rejected`),
  },
  transport,
  options,
);
await serve(
  accounting,
  {
    authorizeCard({ orderId, amount }, { messageId, fail }) {
      if (amount > 100) throw fail("cardRefused", { reason: "closed" });
      perform(messageId, `card of order ${orderId} charged`);
      return { transactionId: 100 + orderId };
    },
  },
  transport,
  options,
);

const sagas = createSagaRunner({ service: "order", sagas: [createOrder], store, transport, settleTime: 0 });
await sagas.start();
const orders = await Promise.all(
  [20, 200].map((price, index) =>
    sagas.run(createOrder, { orderId: index + 1, consumerId: 70, price }, { key: `order-${index + 1}` }),
  ),
);
const ends = await Promise.all(orders.map((order) => order.result({ timeout: "20s" })));
await sagas.close();
const log = database.prepare("select what from effect_log order by what").all() as { what: string }[];
const report: ChildReport = {
  commits: database.commits(),
  statuses: ends.map(({ status }) => status),
  effects: log.map(({ what }) => what),
};
await transport.close();
await store.close();
process.stdout.write(JSON.stringify(report), () => process.exit(0));

/** Commits what a handler did together with the record that it was done: the participant's own transaction. */
function effectfulInbox(inner: Inbox, db: SqliteDatabase): { inbox: Inbox; perform(id: string, what: string): void } {
  const staged = new Map<string, string>();
  const messageOf = new Map<string, string>();
  const log = db.prepare("insert into effect_log values (?, ?)");
  const inbox: Inbox = {
    ...inner,
    async claim(batch, leaseMs) {
      const verdicts = await inner.claim(batch, leaseMs);
      for (const [index, verdict] of verdicts.entries()) {
        if (verdict.state === "claimed") messageOf.set(verdict.token, batch[index]?.messageId ?? "");
      }
      return verdicts;
    },
    async finish(batch) {
      db.exec("begin immediate");
      // Only microtasks pass until the commit: nobody else gets to the connection in between.
      const verdicts = await inner.finish(batch, db);
      for (const [index, { token }] of batch.entries()) {
        const messageId = messageOf.get(token) ?? "";
        const what = staged.get(messageId);
        if (verdicts[index] === "done" && what !== undefined) log.run(messageId, what);
        staged.delete(messageId);
      }
      db.exec("commit");
      return verdicts;
    },
  };
  return { inbox, perform: (id, what) => void staged.set(id, what) };
}
