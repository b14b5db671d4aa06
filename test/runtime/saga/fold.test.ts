import { expect, test } from "vitest";
import { decideAll } from "../../../runtime/src/saga/decide/decide.js";
import { createOrder, order } from "../../support/saga/create-order.js";

test("a command that was forgotten twice and answered, all in one transition, leaves nothing to carry out", () => {
  const { decision: started } = decideAll(createOrder, undefined, [
    { type: "start", at: 0, id: "saga-1", input: order },
  ]);
  const of = "saga-1/consumer/do/1";
  const { decision } = decideAll(createOrder, started?.next, [
    { type: "lost", at: 1, of, attempt: 1 },
    { type: "lost", at: 2, of, attempt: 1 },
    { type: "outcome", at: 3, of, attempt: 1, ok: null },
  ]);
  expect(decision?.closed).toEqual([`${of}#1`]);
  expect(decision?.effects.map(({ id }) => id)).toEqual(["saga-1/ticket/do/1"]);
});
