import type { NewOrder } from "../../generated/order/index.js";

/** An order to place, and how it has to end. */
export interface Scenario {
  readonly name: string;
  readonly order: Omit<NewOrder, "orderId">;
  /** An answer arrives after nobody waits for it any more. */
  readonly lateReply?: true;
  readonly ends: readonly ("completed/approved" | "compensated/rejected")[];
}

/** What the orchestrator takes for a mistake of its own, as if it had a bug. */
export const brokenQuantity = 100_500;

const upTo = (most: number) => 1 + Math.floor(Math.random() * most);

function order(consumerId: number, price: number, firstQuantity = upTo(5)): Scenario["order"] {
  const items = [
    { name: "Dish 1", quantity: firstQuantity },
    { name: "Dish 2", quantity: upTo(5) },
  ];
  return { consumerId, cardId: upTo(5), price, items };
}

export const scenarios: readonly Scenario[] = [
  { name: "success", order: order(70, 20), ends: ["completed/approved"] },
  { name: "wrong consumer", order: order(10, 20), ends: ["compensated/rejected"] },
  { name: "consumer timeout", order: order(55, 20), lateReply: true, ends: ["compensated/rejected"] },
  { name: "card refused", order: order(70, 80), ends: ["compensated/rejected"] },
  { name: "orchestrator code fails", order: order(70, 20, brokenQuantity), ends: ["compensated/rejected"] },
  { name: "random", order: order(upTo(100), upTo(100)), ends: ["completed/approved", "compensated/rejected"] },
];
