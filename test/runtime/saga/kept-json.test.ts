import { createMemoryStore } from "@sagaspec/runtime/memory";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { jsonText, parseJsonText } from "@sagaspec/runtime/store";
import { given } from "@sagaspec/runtime/testing";
import { describe, expect, it } from "vitest";
import { decideStuck } from "../../../runtime/src/saga/decide/decide.js";
import { keptJson } from "../../../runtime/src/saga/store/kept-json.js";
import { restaurant } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { begin } from "../../support/saga/kinds.js";

const big = 9_223_372_036_854_775_807n;

describe("what a saga keeps", () => {
  it("is JSON from the first moment: a Date is its text for the very next step", () => {
    const seen: unknown[] = [];
    const story = given(
      begin("dates")
        .step("ticket", {
          call: restaurant.createTicket,
          with: ({ input }) => input,
          onReply: () => ({ at: new Date(0), none: undefined }),
        })
        .step("next", { run: () => 1, when: ({ ticket }) => seen.push(ticket) > 0 }),
      order,
    ).whenReplied("ticket", { ticketId: 1 });
    expect(seen).toEqual([{ at: "1970-01-01T00:00:00.000Z" }]);
    expect(story.instance.steps.ticket?.result).toEqual(seen[0]);
  });

  it.each([
    ["NaN", { a: [1, Number.NaN] }, "at /a/1: NaN is no number of JSON"],
    ["a Map", { a: new Map() }, "at /a: a Map is no JSON"],
    ["a promise", Promise.resolve(), ": a promise is no JSON"],
    [
      "a cycle",
      (() => {
        const a: { b?: unknown } = {};
        a.b = a;
        return a;
      })(),
      "at /b: it contains itself",
    ],
  ])("is refused with its path where it is %s", (_, value, text) => {
    expect(() => keptJson(value, "it")).toThrow(text);
  });

  it("that onReply returns and JSON cannot keep turns the saga back, with the path", () => {
    const story = given(
      begin("strange").step("ticket", {
        call: restaurant.createTicket,
        with: ({ input }) => input,
        onReply: () => ({ seats: new Set([1]) }),
      }),
      order,
    ).whenReplied("ticket", { ticketId: 1 });
    expect(story.instance.steps.ticket?.failure?.message).toContain(
      "onReply of step 'ticket': it cannot be kept at /seats",
    );
  });

  it("is not changed by a function that changes its scope", () => {
    const meddling = begin("meddling").step("ticket", {
      call: restaurant.createTicket,
      with: ({ input }) => Object.assign(input, { price: 0 }),
    });
    const story = given(meddling, { ...order });
    expect(story.instance.input).toEqual(order);
    story.thenEnds("compensated");
  });

  it("says in the history why onFailure did not decide", () => {
    const story = given(
      begin("judge").step("ticket", {
        call: restaurant.createTicket,
        with: ({ input }) => input,
        onFailure: () => {
          throw new RangeError("no such verdict");
        },
      }),
      order,
    ).whenFailed("ticket", "ticketRefused");
    expect(story.history.find(({ kind }) => kind === "step-failed")?.data).toMatchObject({
      onFailure: { name: "RangeError", message: "no such verdict" },
    });
  });

  it("may be refused by an object that has no text", () => {
    const bare = begin("bare").step("ticket", {
      call: restaurant.createTicket,
      with: () => {
        throw Object.create(null);
      },
    });
    given(bare, order).thenEnds("compensated");
  });
});

describe("a 64-bit integer", () => {
  it("is read as it was written, beside everything else", () => {
    const value = { id: big, list: [-1n, 2], text: "~bigint" };
    expect(parseJsonText(jsonText(value, "it"))).toEqual(value);
  });

  it.each([
    ["memory", () => createMemoryStore()],
    ["SQLite", () => createSqliteStore({ path: ":memory:" })],
  ])("is the same after a saga was loaded from a store in %s", async (_, create) => {
    const store = create();
    const story = given(begin("wide").step("ticket", { run: () => 1 }), { ...order, orderId: big } as never);
    const { instance: state } = story;
    const row = {
      id: "saga-1",
      type: "wide",
      version: 1,
      hash: "h",
      status: "running",
      paused: false,
      cursor: ["ticket"],
      revision: 1,
      startedAt: 0,
      updatedAt: 0,
      token: "t",
      state: state as never,
    } as const;
    const [verdict] = await store.commit([
      { row, expected: 0, records: story.history, open: [...story.open.values()], closed: [], keys: [] },
    ]);
    expect(verdict).toBe("done");
    expect((await store.load([{ id: "saga-1" }]))[0]?.[0]?.state).toMatchObject({ input: { orderId: big } });
    expect((await store.history("saga-1"))[0]?.data).toMatchObject({ orderId: big });
    await store.close();
  });
});

describe("the record of an event that could not be applied", () => {
  const definition = begin("stuck").step("ticket", { call: restaurant.createTicket, with: ({ input }) => input });
  const stuckBy = (ok: unknown) => {
    const { instance } = given(definition, order);
    const event = { type: "outcome", at: 1, of: "saga-1/ticket/do/1", attempt: 1, ok: ok as never } as const;
    return decideStuck(definition, instance, [event], new Error("no room"));
  };

  it("holds what JSON does not, described", () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    const { records } = stuckBy({ loop, nan: Number.NaN, seats: new Set() });
    expect(jsonText(records, "history")).toContain("it contains itself");
  });

  it("is small, however large the event is", () => {
    const { records, next } = stuckBy({ text: "x".repeat(2_000_000) });
    expect(jsonText(records, "history").length).toBeLessThan(20_000);
    expect(next.status).toBe("needs-attention");
  });
});
