/**
 * Two orders, one that succeeds and one whose card is refused, with the orchestrator and its participants in this process
 * and everything they must not forget in one file. Argument: {@link ChildOptions} as JSON. Prints {@link ChildReport}.
 */
import { createSagaRunner, serve } from "@sagaspec/runtime";
import type { MessageContext } from "@sagaspec/runtime/codegen";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { createSqliteStore, type SqliteDatabase } from "@sagaspec/runtime/sqlite";
import { accounting, consumer, restaurant } from "../../support/saga/contracts.js";
import { createOrder } from "../../support/saga/create-order.js";
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
const options = { inbox: store.inbox, lease: "200ms" } as const;

/** What a handler does takes effect together with the record that it was done. */
function perform<Reply>({ messageId, transaction }: MessageContext, what: string, reply: Reply): Promise<Reply> {
  return transaction((db: SqliteDatabase) => {
    db.prepare("insert into effect_log values (?, ?)").run(messageId, what);
    return reply;
  });
}

await serve(consumer, { verify: () => {} }, transport, options);
await serve(
  restaurant,
  {
    createTicket: ({ orderId }, context) =>
      perform(context, `ticket of order ${orderId} created`, { ticketId: 200 + orderId }),
    approveTicket: ({ ticketId }, context) => perform(context, `ticket ${ticketId} approved`, undefined),
    rejectTicket: ({ orderId }, context) => perform(context, `ticket of order ${orderId} rejected`, undefined),
  },
  transport,
  options,
);
await serve(
  accounting,
  {
    authorizeCard({ orderId, amount }, context) {
      if (amount > 100) throw context.fail("cardRefused", { reason: "closed" });
      return perform(context, `card of order ${orderId} charged`, { transactionId: 100 + orderId });
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
