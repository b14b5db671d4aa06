// Fails unless the six scenarios of the example ended as their contracts say.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const results = JSON.parse(readFileSync(0, "utf8"));
const expected = {
  success: "completed/approved",
  "wrong consumer": "compensated/rejected",
  "consumer timeout": "compensated/rejected",
  "card refused": "compensated/rejected",
  "orchestrator code fails": "compensated/rejected",
};
for (const [scenario, end] of Object.entries(expected)) {
  const result = results.find((one) => one.scenario === scenario);
  assert.equal(`${result?.state}/${result?.order}`, end, scenario);
}
const random = results.find((one) => one.scenario === "random");
assert.ok(["completed/approved", "compensated/rejected"].includes(`${random?.state}/${random?.order}`), "random");
const step = (scenario, name) =>
  results.find((one) => one.scenario === scenario)?.steps.find((one) => one.name === name);
assert.equal(step("wrong consumer", "ticket")?.attempts, 0, "no ticket for a wrong consumer");
assert.equal(step("card refused", "ticket")?.compensated, true, "the ticket is rejected when the card is refused");
console.log(`six scenarios as expected`);
