import { afterAll, describe, expect, it } from "vitest";
import { postgresPrograms } from "../../support/private-postgres.js";
import { type PrivateBroker, startBroker } from "../../support/rabbitmq.js";
import { type ChaosOptions, runChaos } from "./chaos.js";

/** A minute at full load, or as short as it can be. */
const full = process.env.CHAOS === "full";
const options: ChaosOptions = full
  ? { perSecond: 200, atLeastMs: 60_000, times: 2, patienceMs: 180_000 }
  : { perSecond: 40, atLeastMs: 15_000, times: 1, patienceMs: 60_000 };

const programs = postgresPrograms();
const broker = await startBroker();
if (!programs) console.warn("skipped: PostgreSQL is not installed on this machine");

describe.skipIf(!programs || !broker)("sagas while workers, broker, database and network fail", () => {
  afterAll(() => broker?.release());

  it("all end completed or compensated, with every step in effect once or undone", { timeout: 600_000 }, async () => {
    const report = await runChaos(broker as PrivateBroker, programs as string, options);
    console.info(JSON.stringify(report, undefined, 1));
    const { completed = 0, compensated = 0 } = report.statuses;
    expect(completed + compensated).toBe(report.orders);
    expect(report).toMatchObject({ lostOrDoubled: [], takenTwice: [], orphans: [], effectsLeft: 0 });
    expect(Math.max(...report.recoveries.map(({ ms }) => ms))).toBeLessThan(5_000);
  });
});
