import { expect, test } from "vitest";
import { bookTrip } from "../../../examples/04-trip/saga.js";
import { createOrderHere } from "../../../examples/create-order/saga.js";
import { sagaGraph } from "../../../generator/src/docs/diagrams/saga-graph.js";
import { readSaga } from "../../../generator/src/docs/sagas/read.js";
import { siteOf } from "./site-of.js";

/** The arrows of a kind, each as the heights that it passes: y grows downwards. */
async function arrows(saga: unknown, kind: "edge" | "edge undo"): Promise<readonly (readonly number[])[]> {
  const outline = readSaga(saga, "saga.ts", "saga");
  if (!outline) throw new Error("this is no saga");
  const graph = sagaGraph(outline, { site: await siteOf([]), url: (path) => path });
  return [...graph.text.matchAll(new RegExp(`class="${kind}" d="([^"]+)"`, "g"))]
    .map(([, way = ""]) => way)
    .filter((way) => kind === "edge" || way.includes("Q"))
    .map((way) => [...way.matchAll(/-?[\d.]+[ ,](-?[\d.]+)/g)].map(([, y]) => Number(y)));
}

test("the way on goes down, from each step to the next", async () => {
  const ways = await arrows(createOrderHere, "edge");
  expect(ways).not.toEqual([]);
  for (const heights of ways) expect(heights.at(-1)).toBeGreaterThan(heights[0] ?? 0);
});

test("the way back goes up, from each compensation to the one above it", async () => {
  const ways = await arrows(createOrderHere, "edge undo");
  expect(ways).not.toEqual([]);
  for (const heights of ways) expect(heights.at(-1)).toBeLessThan(heights[0] ?? 0);
});

test("compensations side by side are in no order", async () => {
  expect(await arrows(bookTrip, "edge undo")).toEqual([]);
});
