import { expect, test } from "vitest";
import { faultKinds } from "../../../runtime/src/testing/simulation/faults.js";
import { bugs } from "./bugs.js";
import { simulateWith } from "./mutant.js";

/** As many as `npm test` plays; it ends with the first that breaks a promise. */
const runs = 2_000;

/** All kinds of fault switched off but one. */
function only(fault: string): readonly string[] {
  return [...faultKinds.map((kind) => `${kind}=0`), fault].flatMap((setting) => ["--fault", setting]);
}

for (const [what, bug] of Object.entries(bugs)) {
  const { plant, found, only: fault } = bug;
  const settings = fault === undefined ? bug.settings : only(fault);
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
