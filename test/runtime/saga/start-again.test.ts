// What a start says of itself: whether it was new, and what it does not let pass.
import { saga } from "@sagaspec/runtime";
import { createSagaAdmin } from "@sagaspec/runtime/admin";
import { createMemoryStore } from "@sagaspec/runtime/memory";
import { createSqliteStore } from "@sagaspec/runtime/sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { OrderSchema } from "../../support/saga/contracts.js";
import { order } from "../../support/saga/create-order.js";
import { createWorld, type World } from "../../support/saga/world.js";

const pausing = (version: number) => saga("pausing", { version, input: OrderSchema }).step("pause", { sleep: "1h" });
const first = pausing(1);

let it: World | undefined;
afterEach(async () => {
  await it?.close();
  it = undefined;
});

describe.each([
  ["memory", () => createMemoryStore()],
  ["SQLite", () => createSqliteStore({ path: ":memory:" })],
])("in %s", (_, open) => {
  test("a start says whether it was new; the same input under the same key gives the saga there is", async () => {
    it = await createWorld({ sagas: [first], runner: { store: open() } });
    const runs = await Promise.all([1, 2, 3].map(() => it?.sagas.run(first, order, { key: "1" })));
    expect(new Set(runs.map((run) => run?.id)).size).toBe(1);
    expect(runs.filter((run) => run?.isNew)).toHaveLength(1);
    const [{ key: _, ...again }] = [{ key: 0, ...(await it.sagas.run(first, { ...order }, { key: "1" })) }];
    expect(again).toMatchObject({ id: runs[0]?.id, isNew: false, version: 1 });
  });

  test("another input under the same key is refused, and so it is under the same id, unless it is allowed", async () => {
    it = await createWorld({ sagas: [first], runner: { store: open() } });
    const { id } = await it.sagas.run(first, order, { key: "1" });
    const other = { ...order, price: 21 };
    const refusal =
      /^\[conflict\] saga 'pausing': its key "1" is taken by saga .* \(v1\), started with another input; /;
    await expect(it.sagas.run(first, other, { key: "1" })).rejects.toThrow(refusal);
    await expect(it.sagas.run(first, other, { id })).rejects.toThrow("started with another input");
    expect(await it.sagas.run(first, other, { key: "1", allowOtherInput: true })).toMatchObject({ id, isNew: false });
  });

  test("what an operator has patched does not make the first input another one", async () => {
    it = await createWorld({ sagas: [first], runner: { store: open() } });
    const { id } = await it.sagas.run(first, order, { key: "1" });
    const patched = { ...order, price: 1 };
    await it.sagas.operate(id, { action: "patch", data: { input: patched }, by: "ada", why: "a rebate" });
    for (const input of [order, patched]) {
      expect(await it.sagas.run(first, input, { key: "1" })).toMatchObject({ id, isNew: false });
    }
  });

  test("a saga of another version is said to be one", async () => {
    const store = open();
    it = await createWorld({ sagas: [first, pausing(2)], runner: { store } });
    const { id } = await it.sagas.run(first, order, { key: "1" });
    expect(await it.sagas.run(pausing(2), order, { key: "1" })).toMatchObject({ id, isNew: false, version: 1 });
  });

  test("an admin refuses another input under the same key as well", async () => {
    const admin = createSagaAdmin({ store: open(), sagas: [first] });
    const { id } = await admin.start("pausing", order as never, { key: "1" });
    expect((await admin.start("pausing", order as never, { key: "1" })).id).toBe(id);
    const error = await admin
      .start("pausing", { ...order, price: 2 } as never, { key: "1" })
      .catch((one: unknown) => one);
    expect(String(error)).toContain("started with another input");
  });
});

test("an option of a start that is not known is refused, with the nearest name", async () => {
  it = await createWorld({ sagas: [first] });
  await expect(it.sagas.run(first, order, { kye: "1" } as never)).rejects.toThrow(/kye.*key/);
});
