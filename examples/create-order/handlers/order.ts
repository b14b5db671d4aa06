import type { OrderHandlers } from "../../../generated/order/index.js";

/** Keeps an order as pending, starts its saga, and gives the saga's id. */
export type TakeOrder = (order: Parameters<OrderHandlers["createOrder"]>[0]) => Promise<string>;

export const createOrderHandlers = (take: TakeOrder): OrderHandlers => ({
  async createOrder(order) {
    return { orderId: order.orderId, sagaId: await take(order) };
  },
});
