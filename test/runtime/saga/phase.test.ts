import { saga } from "@sagaspec/runtime";
import { given, reply } from "@sagaspec/runtime/testing";
import { expect, test } from "vitest";
import { consumer, OrderSchema, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";

const checked = saga("checked", { version: 1, input: OrderSchema }).phase("checks", {
  steps: (body) => body.step("consumer", { call: consumer.verify, with: ({ input }) => input }),
});

test("a phase has a name of its own, and its steps stand where they would without it", () => {
  const story = given(
    checked.step("ticket", { call: restaurant.createTicket, with: ({ input }) => input, compensate: false }),
    order,
  );
  story
    .when(reply("consumer"))
    .when(reply("ticket", { ticketId: 1 }))
    .thenEnds("completed");
});

test("a phase takes its name, so that no step has it as well", () => {
  const twice = () => checked.phase("checks", { steps: (body) => body });
  expect(twice).toThrow("step 'checks' of saga 'checked': already defined; name the step otherwise");
});
