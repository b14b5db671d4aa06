import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createVirtualClock } from "@sagaspec/runtime/testing";
import { expect, it } from "vitest";
import { StoreTime } from "../../../runtime/src/saga/run/store-time.js";
import { TimerQueue } from "../../../runtime/src/saga/run/timers.js";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

it("forgets timers that were moved or removed, also behind one that waits for long", async () => {
  const clock = createVirtualClock();
  const fired: string[] = [];
  const timers = new TimerQueue(new StoreTime(clock), 1_000, (id) => fired.push(id));
  timers.set("first", clock.now() + 3_600_000);
  const before = heapBytes();
  for (let index = 0; index < 500_000; index += 1) {
    timers.set(`saga ${index}`, clock.now() + 3_600_001 + index);
    timers.set(`saga ${index}`, index % 50_000 === 0 ? clock.now() + 3_600_002 + index : undefined);
  }
  expect(heapBytes() - before).toBeLessThan(5_000_000);
  await clock.advance(7_200_000);
  const left = Array.from({ length: 10 }, (_, index) => `saga ${index * 50_000}`);
  expect(fired).toEqual(["first", ...left]);
});
