import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, describe, expect, test } from "vitest";
import { findBroker } from "../support/rabbitmq.js";

interface Result {
  readonly scenario: string;
  readonly state: string;
  readonly order: string;
  readonly steps: readonly { name: string; outcome: string; attempts: number; compensated: boolean }[];
}

/** Runs the example as `npm start` does, and gives what it prints. */
async function runExample(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; output: string; results: readonly Result[] }> {
  const flags = ["--conditions=@sagaspec/source", "--import", "tsx", "examples/create-order/main.ts"];
  const child = spawn(process.execPath, [...flags, "--json", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [code] = await once(child, "close");
  const output = Buffer.concat(chunks).toString();
  return { code, output, results: code === 0 ? JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") : [] };
}

function endOf(results: readonly Result[], scenario: string): string {
  const result = results.find((one) => one.scenario === scenario);
  return `${result?.state}/${result?.order}`;
}

function step(results: readonly Result[], scenario: string, name: string): Result["steps"][number] | undefined {
  return results.find((one) => one.scenario === scenario)?.steps.find((one) => one.name === name);
}

function expectTheSixEnds(results: readonly Result[]): void {
  expect(endOf(results, "success")).toBe("completed/approved");
  expect(endOf(results, "wrong consumer")).toBe("compensated/rejected");
  expect(endOf(results, "consumer timeout")).toBe("compensated/rejected");
  expect(endOf(results, "card refused")).toBe("compensated/rejected");
  expect(endOf(results, "orchestrator code fails")).toBe("compensated/rejected");
  expect(["completed/approved", "compensated/rejected"]).toContain(endOf(results, "random"));
  expect(step(results, "wrong consumer", "ticket")).toMatchObject({ outcome: "not-started", attempts: 0 });
  expect(step(results, "consumer timeout", "consumer")).toMatchObject({ outcome: "unknown" });
  expect(step(results, "card refused", "ticket")).toMatchObject({ outcome: "success", compensated: true });
  expect(step(results, "card refused", "payment")).toMatchObject({ outcome: "failed", compensated: false });
}

const broker = await findBroker();
afterAll(() => broker?.release());

describe("the create-order example", () => {
  test("ends its six scenarios as their contracts say, in one process", { timeout: 60_000 }, async () => {
    const { code, output, results } = await runExample([]);
    expect(code, output).toBe(0);
    expectTheSixEnds(results);
    expect(output).toContain("late reply, changes nothing");
  });

  test.skipIf(!broker)(
    "ends them the same with each service in its own process on RabbitMQ",
    { timeout: 90_000 },
    async () => {
      const { code, output, results } = await runExample(["--transport", "amqp"], { AMQP_URL: broker?.url ?? "" });
      expect(code, output).toBe(0);
      expectTheSixEnds(results);
      expect(output).toContain("late reply, changes nothing");
    },
  );

  test("says which transports there are", async () => {
    const { code, output } = await runExample(["--transport", "pigeon"]);
    expect(code).toBe(2);
    expect(output).toContain("memory, amqp");
  });
});
