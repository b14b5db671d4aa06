import { createMemoryStore } from "@sagaspec/runtime/memory";
import { expect, it } from "vitest";
import { newDefinition, newRow, start } from "./saga-fixtures.js";
import { sagaStoreSuite } from "./saga-store.js";

sagaStoreSuite("memory", async () => {
  const store = createMemoryStore();
  return { store, other: store, transactsAsync: true, close: () => store.close() };
});

it("remembers as many finished sagas as it may, the youngest, and all that are not finished", async () => {
  const store = createMemoryStore({ capacity: 10 });
  const definition = newDefinition();
  const running = newRow(definition);
  const finished = Array.from({ length: 30 }, () => newRow(definition, { status: "completed" }));
  for (const row of [running, ...finished]) await store.commit([start(row)]);
  expect(await store.get(running.id)).toEqual(running);
  expect(await store.get(finished[0]?.id ?? "")).toBeUndefined();
  expect(await store.get(finished[29]?.id ?? "")).toEqual(finished[29]);
  expect((await store.list({ status: "completed" })).sagas.length).toBeLessThanOrEqual(12);
});
