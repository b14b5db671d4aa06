import { expect, test } from "vitest";
import { StoreTime } from "../../../runtime/src/saga/run/store-time.js";

function at(start: number) {
  let now = start;
  const time = new StoreTime({ now: () => now, after: () => () => {} });
  return { time, pass: (ms: number) => (now += ms) };
}

test("goes by the store's clock where this process's is wrong", () => {
  const { time, pass } = at(1_000);
  pass(10);
  time.sync(91_005, 1_000);
  expect(time.now()).toBeGreaterThanOrEqual(91_005);
  expect(time.now()).toBeLessThanOrEqual(91_015);
});

test("an answer that a standstill held up does not set the clock back", () => {
  const { time, pass } = at(50_000);
  pass(7_000);
  time.sync(50_003, 50_000);
  expect(time.now()).toBe(57_000);
});

test("what was known more exactly is kept", () => {
  const { time, pass } = at(0);
  time.sync(500, 0);
  pass(1_000);
  time.sync(1_100, 0);
  expect(time.now()).toBe(1_500);
});
