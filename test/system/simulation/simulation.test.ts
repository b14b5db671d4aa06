import { type Scenario, SimulationFailed, simulate } from "@sagaspec/runtime/testing";
import { expect, test } from "vitest";
import { usualFaults } from "../../../runtime/src/testing/simulation/faults.js";
import { play } from "../../../runtime/src/testing/simulation/history.js";
import { createOrder, order } from "../../support/saga/create-order.js";
import { boundaries, features, lines } from "./coverage.js";
import { playMany } from "./processes.js";
import { scenario } from "./scenario.js";

const usual = { workers: 2, processes: 2, store: "memory", faults: {}, shrink: true } as const;

test("2,000 histories in which everything goes wrong keep every promise, and everything occurs in them", async () => {
  const report = await playMany({ ...usual, runs: 2_000, seed: 1 });
  expect("failed" in report ? report.failed : "").toBe("");
  if ("failed" in report) return;
  expect(report.ends.completed).toBeGreaterThan(1_000);
  expect(report.ends.compensated).toBeGreaterThan(1_000);
  // Every kind of fault has been there.
  for (const kind of Object.keys(usualFaults)) {
    if (kind !== "handlerError") expect(report.faults[kind], kind).toBeGreaterThan(100);
  }
  expect(features.filter((feature) => !report.features[feature])).toEqual([]);
  expect(lines.filter((kind) => !report.lines[kind])).toEqual([]);
  expect(boundaries.filter((boundary) => !report.crashes[boundary])).toEqual([]);
}, 400_000);

test("100 histories on SQLite, whose files are all that outlives a process, keep every promise", async () => {
  const report = await playMany({ ...usual, store: "sqlite", runs: 100, seed: 1 });
  expect("failed" in report ? report.failed : "").toBe("");
}, 200_000);

test("a seed gives the same history to the last message", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const options = { scenario, seed, workers: 3, store: "memory" as const, faults: usualFaults, traced: true };
    const [one, other] = [await play(options), await play(options)];
    expect(other.trace).toEqual(one.trace);
    expect(other.faults).toEqual(one.faults);
  }
});

test("sagas are answered by services that nobody has written", async () => {
  const { ends } = await simulate({
    sagas: [{ saga: createOrder, inputs: [order, { ...order, orderId: 2 }] }],
    runs: 50,
  });
  expect(ends.completed).toBeGreaterThan(10);
  expect(ends.compensated).toBeGreaterThan(10);
});

test("a history that fails is told with as few faults as it takes", async () => {
  const doubtful = (): Scenario => ({
    sagas: [{ saga: createOrder, inputs: [order, { ...order, orderId: 2 }] }],
    check: ({ sagas }) =>
      sagas
        .map(({ id, status }) => (status === "compensated" ? `${id} should have gone well` : undefined))
        .find(Boolean),
  });
  const faults = { handlerError: 0, delay: 0.3, drop: 0.1 };
  const failure = await simulate({ scenario: doubtful, runs: 100, faults }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SimulationFailed);
  const { seed, violation, faults: needed, trace, message } = failure as SimulationFailed;
  expect(violation).toMatch(/should have gone well/);
  expect(needed.length).toBeLessThan(3);
  expect(trace.some((line) => line.includes("VIOLATION"))).toBe(true);
  expect(message).toContain(`repeat it with { seed: ${seed}, runs: 1 }`);
  await expect(simulate({ scenario: doubtful, runs: 1, seed, faults })).rejects.toThrow(violation);
});
