import { expect, test } from "vitest";
import { bugs } from "./bugs.js";
import { simulateWith } from "./mutant.js";

/** As many as `npm test` plays; it ends with the first that breaks a promise. */
const runs = 2_000;

for (const [what, { plant, found, settings }] of Object.entries(bugs)) {
  test(`finds ${what}`, async () => {
    const { code, output } = await simulateWith(plant, runs, settings);
    expect(output).toMatch(found);
    expect(code).toBe(1);
  }, 120_000);
}

test("finds nothing where nothing is planted", async () => {
  const { code, output } = await simulateWith([], 20);
  expect(output).toMatch(/^\{"runs":20,/);
  expect(code).toBe(0);
}, 60_000);
