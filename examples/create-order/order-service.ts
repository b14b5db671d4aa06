/** The order service: takes orders, and runs their sagas. */
import { createSagaRunner, type HistoryRow, type SagaRow, serve, type Transport } from "@sagaspec/runtime";
import { order } from "../../generated/order/index.js";
import { createOrderHandlers } from "./handlers/order.js";
import type { OrderStatus } from "./orders.js";
import { createOrder } from "./saga.js";
import type { OrderStore } from "./stores/index.js";

/** What the order service lets others watch: each line of a saga's history, and how its order stands by then. */
export interface Progress {
  readonly sagaId: string;
  readonly state: SagaRow["status"];
  readonly order: OrderStatus;
  readonly row: HistoryRow;
}

export interface Service {
  close(): Promise<void>;
}

/** The database is the service's own from now on: it is closed with it. */
export async function startOrderService(
  transport: Transport,
  { store, inbox, orders, close }: OrderStore,
  watch: (progress: Progress) => void,
): Promise<Service> {
  const saga = createOrder(orders);
  // One after the other, so that lines are told in the order in which they were committed.
  let told = Promise.resolve();
  const tell = async (rows: readonly HistoryRow[], { id, key, status }: SagaRow) => {
    const orderStatus = await orders.statusOf(Number(key));
    for (const row of rows) watch({ sagaId: id, state: status, order: orderStatus, row });
  };

  const runner = createSagaRunner({
    service: "order_service",
    sagas: [saga],
    store,
    transport,
    settleTime: "200ms",
    observe(rows, row) {
      told = told.then(() => tell(rows, row));
    },
  });
  await runner.start();

  const handlers = createOrderHandlers(async (placed) => {
    await orders.keep(placed);
    const { id } = await runner.run(saga, placed, { key: String(placed.orderId) });
    return id;
  });
  const server = await serve(order, handlers, transport, { inbox });

  return {
    async close() {
      await server.close();
      await runner.close();
      await told;
      await close();
    },
  };
}
