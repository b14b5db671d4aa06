/** Customers who come at a steady rate, and come again until their order has been taken. */
import type { ChildProcess } from "node:child_process";
import { type Purchase, tooMuch } from "../../support/fixtures/shop.js";
import type { FromWorker } from "./workers.js";

const tickMs = 50;
const againMs = 500;

export interface Load {
  /** To be told of each orchestrator that is ready. */
  joined(worker: ChildProcess): void;
  begin(): void;
  /** Nobody comes any more; resolves with the orders that there are once all have been taken. */
  end(): Promise<readonly Purchase[]>;
}

/** @param alive who can be asked */
export function createLoad(perSecond: number, alive: () => readonly ChildProcess[]): Load {
  const orders: Purchase[] = [];
  const open = new Map<string, Purchase>();
  const askedOf = new Map<string, ChildProcess>();
  let beganAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let turn = 0;
  let allTaken = () => {};

  function ask(order: Purchase): void {
    const workers = alive();
    const worker = workers[turn++ % workers.length];
    if (!worker?.connected) {
      setTimeout(ask, againMs, order);
      return;
    }
    askedOf.set(order.orderId, worker);
    worker.send(order);
  }

  function tick(): void {
    const due = Math.floor(((Date.now() - beganAt) / 1_000) * perSecond);
    while (orders.length < due) {
      const order = { orderId: `order-${orders.length}`, amount: orders.length % 10 === 0 ? tooMuch : 10 };
      orders.push(order);
      open.set(order.orderId, order);
      ask(order);
    }
  }

  return {
    joined(worker) {
      worker.on("message", (message: FromWorker) => {
        if (message === "ready") return;
        const key = "started" in message ? message.started : message.refused;
        const order = open.get(key);
        if ("started" in message) open.delete(key);
        else if (order) setTimeout(ask, againMs, order);
        if (timer === undefined && open.size === 0) allTaken();
      });
      worker.once("exit", () => {
        for (const [key, order] of open) if (askedOf.get(key) === worker) setTimeout(ask, againMs, order);
      });
    },
    begin() {
      beganAt = Date.now();
      timer = setInterval(tick, tickMs);
    },
    async end() {
      clearInterval(timer);
      timer = undefined;
      if (open.size > 0) {
        await new Promise<void>((resolve) => {
          allTaken = resolve;
        });
      }
      return orders;
    },
  };
}
