/** The order service: takes orders, and runs their sagas. */
import { createSagaRunner, type HistoryRow, type SagaRow, serve, type Transport } from "@sagaspec/runtime";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { order } from "../../generated/order/index.js";
import { createOrderHandlers } from "./handlers/order.js";
import { createOrdersTable, keepOrder, type OrderStatus, statusOf } from "./orders.js";
import { createOrder } from "./saga.js";

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

export async function startOrderService(
  transport: Transport,
  path: string,
  watch: (progress: Progress) => void,
): Promise<Service> {
  const store = createSqliteStore({ path });
  createOrdersTable(store.database);

  const runner = createSagaRunner({
    service: "order_service",
    sagas: [createOrder],
    store,
    transport,
    settleTime: "200ms",
    observe(rows, saga) {
      const order = statusOf(store.database, Number(saga.key));
      for (const row of rows) watch({ sagaId: saga.id, state: saga.status, order, row });
    },
  });
  await runner.start();

  const handlers = createOrderHandlers(async (placed) => {
    keepOrder(store.database, placed);
    const { id } = await runner.run(createOrder, placed, { key: String(placed.orderId) });
    return id;
  });
  const server = await serve(order, handlers, transport, { inbox: store.inbox });

  return {
    async close() {
      await server.close();
      await runner.close();
      await store.close();
    },
  };
}
