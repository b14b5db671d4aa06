// What `check` finds in a definition before any saga of it runs. What it finds in sagas under way: admin.test.ts.

import { saga } from "@sagaspec/runtime";
import { createSagaAdmin, type Finding } from "@sagaspec/runtime/admin";
import { createMemorySagaStore } from "@sagaspec/runtime/memory";
import { describe, expect, it } from "vitest";
import type { SagaDefinition } from "../../../runtime/src/saga/define/definition.js";
import { kitchen } from "../../support/fixtures/kitchen.js";
import { OrderSchema } from "../../support/saga/contracts.js";
import { createOrder } from "../../support/saga/create-order.js";

const weighing = (name: string) =>
  saga(name, { version: 1, input: OrderSchema }).step("scales", {
    call: kitchen.weigh,
    with: ({ input }) => ({ grams: input.price }),
  });

async function check(...sagas: SagaDefinition[]): Promise<readonly Finding[]> {
  const found = await createSagaAdmin({ store: createMemorySagaStore(), sagas }).check();
  return found.filter(({ code }) => code !== "no-compensation");
}

describe("saga check", () => {
  it("finds a case that no reply leads to, and a reply without a case", async () => {
    const cases = { light: (body: never) => body, huge: (body: never) => body } as never;
    const found = await check(weighing("weighing").branch("size", { on: "scales", cases }));
    expect(found).toEqual([
      {
        code: "unreachable-branch",
        severity: "error",
        saga: "weighing v1",
        step: "size/huge",
        message:
          "step 'scales' is never answered with 'huge': kitchen.weigh gives light or heavy; " +
          "name the case after one of them, or drop it",
      },
      {
        code: "missing-branch",
        severity: "error",
        saga: "weighing v1",
        step: "size",
        message: "kitchen.weigh may answer step 'scales' with 'heavy', and no case is for it; add the case",
      },
    ]);
  });

  it("finds it inside another group, where the step stands further out", async () => {
    const cases = { huge: (body: never) => body } as never;
    const found = await check(
      weighing("inside").phase("packing", { steps: (body) => body.branch("size", { on: "scales", cases }) }),
    );
    expect(found.map(({ code, step }) => `${code} ${step}`)).toContain("unreachable-branch size/huge");
  });

  it("finds nothing in a branch with a case for each reply, or one that goes by something else", async () => {
    const byReply = weighing("by-reply").branch("size", {
      on: "scales",
      cases: { light: (body) => body, heavy: (body) => body },
    });
    const byContent = weighing("by-content").branch("size", {
      on: ({ input }) => (input.price > 10 ? "large" : "small"),
      cases: { large: (body) => body, small: (body) => body },
    });
    expect(await check(byReply, byContent, createOrder)).toEqual([]);
  });

  it("finds a step that the deadline never lets begin", async () => {
    const late = saga("late", { version: 1, input: OrderSchema, deadline: "1h" })
      .step("night", { sleep: "40m" })
      .step("morning", { sleep: "20m" })
      .step("noted", { run: () => 1 });
    expect(await check(late)).toMatchObject([
      {
        code: "unreachable-step",
        severity: "error",
        step: "noted",
        message: expect.stringContaining("the saga's deadline of 3600000 ms is over before it begins"),
      },
    ]);
    const phased = saga("phased", { version: 1, input: OrderSchema })
      .phase("waiting", {
        timeout: "1m",
        steps: (body) => body.step("nap", { sleep: "2m" }).step("noted", { run: () => 1 }),
      })
      .step("told", { run: () => 1 });
    expect(await check(phased)).toMatchObject([
      { step: "noted", message: expect.stringContaining("the timeout of phase 'waiting' of 60000 ms") },
    ]);
  });

  it("lets a saga sleep within its deadline, past its pivot, and where it may be passed over", async () => {
    const options = { version: 1, input: OrderSchema, deadline: "1h" } as const;
    const within = saga("within", options)
      .step("nap", { sleep: "59m" })
      .step("noted", { run: () => 1 });
    const past = saga("past", options)
      .step("paid", { run: () => 1, pivot: true })
      .step("nap", { sleep: "2h" })
      .step("noted", { run: () => 1 });
    const perhaps = saga("perhaps", options)
      .step("nap", { sleep: "2h", when: ({ input }) => input.price > 10 })
      .step("noted", { run: () => 1 });
    expect(await check(within, past, perhaps)).toEqual([]);
  });
});
