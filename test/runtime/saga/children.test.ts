// Parent and child are two rows that commit one after the other: what a crash in between leaves, and who takes it up.
import { type SagaStore, SagaspecError } from "@sagaspec/runtime";
import type { Commit } from "@sagaspec/runtime/store";
import { describe, expect, test } from "vitest";
import { order } from "../../support/saga/create-order.js";
import { parent } from "../../support/saga/kinds.js";
import { useWorld } from "../../support/saga/world.js";

const world = useWorld();

/** The same store, for a worker that dies before it can write what is `last`: nothing of it arrives. */
function upTo(store: SagaStore, last: (commit: Commit) => boolean): { store: SagaStore; hasDied(): boolean } {
  let isDead = false;
  const commit: SagaStore["commit"] = async (batch, also) => {
    isDead ||= batch.some(last);
    if (isDead) throw new SagaspecError("store-unavailable", "the worker is dead", { retryable: true });
    return store.commit(batch, also);
  };
  return { store: { ...store, commit }, hasDied: () => isDead };
}

describe("between the commits of parent and child", () => {
  test.each([
    ["the child's start", ({ row, expected }: Commit) => row.type === "child" && expected === 0],
    ["the child's end", ({ row }: Commit) => row.type === "child" && row.status === "completed"],
    [
      "what the child's end means to its parent",
      ({ row, expected }: Commit) => row.type === "parent" && expected === 1,
    ],
  ])("a worker dies before it writes %s: another one goes on within five seconds, each step once", async (_, last) => {
    const it = await world({ sagas: [parent] });
    await it.sagas.close();
    const mortal = upTo(it.store, last);
    const victim = await it.addRunner({ store: mortal.store });
    const { id } = await victim.run(parent, order);
    await it.clock.advance(100);
    expect(mortal.hasDied()).toBe(true);
    expect(await it.store.get(id)).toMatchObject({ status: "running", cursor: ["delivery"] });
    const closing = victim.close({ timeout: 0 });
    await it.clock.advance(1);
    await closing;

    await it.addRunner();
    await it.clock.advance(5_000);
    expect((await it.store.get(id))?.status).toBe("completed");
    expect((await it.store.list({ parent: id })).sagas).toMatchObject([{ type: "child", status: "completed" }]);
    const names = [it.restaurant, it.consumer, it.accounting].flatMap(({ commands }) =>
      commands.map(({ name }) => name),
    );
    expect(names).toEqual(["createTicket", "verify", "authorizeCard"]);
  });
});
