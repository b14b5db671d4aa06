import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, describe, expect, test } from "vitest";
import { findKafka } from "../../support/kafka.js";
import { createDatabase, postgresMissing } from "../../support/postgres.js";
import { findBroker } from "../../support/rabbitmq.js";

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
const kafka = await findKafka();
const noPostgres = await postgresMissing();
if (noPostgres) console.warn(`skipped: ${noPostgres}`);
const database = noPostgres ? undefined : await createDatabase();
afterAll(() => Promise.all([broker?.release(), kafka?.release(), database?.drop()]));

/** What a transport and a store need besides Node, in the example's environment; undefined where it is not there. */
const needs: { readonly [kind: string]: Record<string, string> | undefined } = {
  memory: {},
  sqlite: {},
  // Five processes on a busy machine do not answer within a second.
  amqp: broker && { AMQP_URL: broker.url, WAITING_SCALE: "0.5" },
  kafka: kafka && { KAFKA_BROKERS: kafka.brokers.join(), WAITING_SCALE: "0.5" },
  postgres: database && { DATABASE_URL: database.url },
};

describe.each([
  { transport: "memory", where: "in one process" },
  { transport: "amqp", where: "with each service in its own process on RabbitMQ" },
  { transport: "kafka", where: "with each service in its own process on Kafka" },
])("the create-order example, $where", ({ transport }) => {
  for (const store of ["memory", "sqlite", "postgres"]) {
    test.skipIf(!needs[transport] || !needs[store])(
      `ends its six scenarios as their contracts say, with its sagas in ${store}`,
      { timeout: 90_000 },
      async () => {
        const env = { ...needs[transport], ...needs[store] };
        const { code, output, results } = await runExample(["--transport", transport, "--store", store], env);
        expect(code, output).toBe(0);
        expectTheSixEnds(results);
        expect(output).toContain("late reply, changes nothing");
      },
    );
  }
});

test.each([
  ["transport", "pigeon", "memory, amqp"],
  ["store", "shoebox", "memory, sqlite, postgres"],
])("says which kinds of %s there are", async (option, kind, known) => {
  const { code, output } = await runExample([`--${option}`, kind]);
  expect(code).toBe(2);
  expect(output).toContain(known);
});
