import { expect, test } from "vitest";
import { bookTrip } from "../../../examples/04-trip/saga.js";
import { createOrderHere } from "../../../examples/create-order/saga.js";
import { sagaGraph } from "../../../generator/src/docs/diagrams/saga-graph.js";
import { readSaga } from "../../../generator/src/docs/sagas/read.js";
import { siteOf } from "./site-of.js";

/** The ways from one compensation to another: each turns corners. */
async function waysBack(saga: unknown): Promise<readonly string[]> {
  const outline = readSaga(saga, "saga.ts", "saga");
  if (!outline) throw new Error("this is no saga");
  const graph = sagaGraph(outline, { site: await siteOf([]), url: (path) => path });
  return [...graph.text.matchAll(/class="edge undo" d="([^"]+)"/g)]
    .map(([, way = ""]) => way)
    .filter((way) => way.includes("Q"));
}

test("the way back goes from each compensation to the one above it", async () => {
  expect(await waysBack(createOrderHere)).not.toEqual([]);
});

test("compensations side by side are in no order", async () => {
  expect(await waysBack(bookTrip)).toEqual([]);
});
