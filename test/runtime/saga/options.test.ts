import { saga } from "@sagaspec/runtime";
import { given } from "@sagaspec/runtime/testing";
import { describe, expect, it } from "vitest";
import { nearestName } from "../../../runtime/src/core/known-options.js";
import { consumer, OrderSchema, orderEvents, restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";

const begin = (name: string) => saga(name, { version: 1, input: OrderSchema });
/** As a program in JavaScript, or with options from a variable, would write it. */
const untyped = (options: object) => options as never;

describe("an option that is not known", () => {
  it("is refused with the nearest one that is", () => {
    const step = () => begin("typo").step("ticket", untyped({ call: restaurant.createTicket, wiht: () => order }));
    expect(step).toThrow(
      "step 'ticket' of saga 'typo': a step with 'call' has no option 'wiht' (did you mean 'with'?)",
    );
  });

  it.each([
    ["of the saga", () => saga("s", untyped({ version: 1, input: OrderSchema, tx: 1 })), "saga has no option 'tx'"],
    [
      "of a schedule",
      () => saga("s", untyped({ version: 1, input: OrderSchema, schedule: { cron: "* * * * *", catchup: "1h" } })),
      "'catchup' (did you mean 'catchUp'?)",
    ],
    [
      "of another kind of step",
      () => begin("s").step("a", untyped({ sleep: "1s", retry: {} })),
      "'sleep' has no option",
    ],
    [
      "of a retry",
      () => begin("s").step("a", untyped({ run: () => 1, retry: { attempts: 2, backof: "1s" } })),
      "retry has no option 'backof' (did you mean 'backoff'?)",
    ],
    [
      "of a compensation",
      () => begin("s").step("a", untyped({ run: () => 1, compensate: { run: () => 1, transactional: true } })),
      "a compensation with 'run' has no option 'transactional' (did you mean 'transaction'?)",
    ],
    [
      "of a phase",
      () => begin("s").phase("p", untyped({ timeot: "1s", steps: (b: unknown) => b })),
      "phase has no option",
    ],
    [
      "of a member",
      () => begin("s").parallel("p", { members: (g) => g.step("a", untyped({ run: () => 1, dependOn: ["x"] })) }),
      "'dependOn'",
    ],
  ])("%s is refused", (_, define, text) => expect(define).toThrow(text));

  it("has no nearest one where none is near", () => {
    expect(nearestName("colour", ["with", "call"])).toBeUndefined();
    expect(nearestName("retyr", ["retry", "deadline"])).toBe("retry");
  });
});

describe("a retry policy", () => {
  it("with 'error' retries a function that throws", () => {
    const story = given(
      begin("thrower").step("work", { run: () => 1, retry: { attempts: 1_000, on: ["error"], backoff: "1s" } }),
      order,
    );
    // What a throwing function is to the runner.
    story.whenFailed("work", { kind: "retryable", name: "Error", message: "no" }).thenDoesNothing();
    story.whenTimePasses().thenRuns("work");
  });

  it("that can never apply to its step is refused", () => {
    const never = () => begin("s").step("a", { run: () => 1, retry: { attempts: 3, on: ["undeliverable"] } });
    expect(never).toThrow(
      "retry.on has 'undeliverable', which never happens to a run; give some of timeout, retryable",
    );
    const empty = () => begin("s").step("a", { run: () => 1, retry: { attempts: 3, on: [] } });
    expect(empty).toThrow("retry.on is empty");
    const late = () => begin("s").step("a", { run: () => 1, deadline: "1s", retry: { attempts: 3, backoff: "5s" } });
    expect(late).toThrow("retry never applies: the deadline of 1000 ms is over before the backoff of 5000 ms");
  });

  it("is only held to the deadline where the step may still fail", () => {
    const pivot = begin("s").step("pay", { run: () => 1, pivot: true });
    const behind = { run: () => 1, deadline: "1s", retry: { attempts: 3, backoff: "5s" } } as const;
    expect(() => pivot.step("told", behind)).not.toThrow();
  });
});

describe("a duration", () => {
  it("of fractions of a millisecond is whole milliseconds from the definition on", () => {
    const story = given(
      begin("thirds")
        .step("night", { sleep: 1000 / 3 })
        .step("checked", {
          call: consumer.verify,
          with: ({ input }) => input,
          timeout: "0.3335s",
          retry: { attempts: 2, backoff: 0.4 },
        })
        .step("until", { sleepUntil: (_, { now }) => now + 0.5 }),
      order,
    );
    expect(story.instance.steps.night?.do?.dueAt).toBe(333);
    story.whenTimePasses();
    expect(story.instance.steps.checked?.do?.dueAt).toBe(333 + 334);
    story.whenReplied("checked");
    expect(Number.isInteger(story.instance.steps.until?.do?.dueAt)).toBe(true);
  });

  it("that no database can hold is refused", () => {
    expect(() => begin("s").step("a", { sleep: 1e300 })).toThrow("is no duration");
    expect(() =>
      begin("s").step("a", { wait: orderEvents.orderApproved, key: () => 1, match: () => 1, deadline: Number.NaN }),
    ).toThrow("is no duration");
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, new Date("no date"), "tomorrow"])(
    "a sleep until %s fails the step instead of lasting for ever",
    (until) => {
      const story = given(begin("s").step("night", { sleepUntil: () => until as number }), order);
      story.thenEnds("compensated");
      expect(story.history.find(({ kind }) => kind === "step-failed")?.data).toMatchObject({
        failure: { message: expect.stringContaining("sleepUntil") },
      });
    },
  );
});
