/**
 * `npm start`: generates from `specs/`, then runs the six scenarios of a create-order saga and shows what happens.
 * `--transport amqp` or `kafka` runs each service as its own process on RabbitMQ (`AMQP_URL`) or Kafka (`KAFKA_BROKERS`);
 * `--store memory` or `--store postgres` (`DATABASE_URL`) keeps orders and sagas elsewhere than in an SQLite file; `--json`
 * ends with one JSON line.
 */
import { spawnSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { subscribe } from "@sagaspec/runtime";
import pc from "picocolors";
import { orderEvents } from "../../generated/order/index.js";
import { runScenario } from "./run-scenario.js";
import { scenarios } from "./scenarios.js";
import { storeNames } from "./stores/index.js";
import { startSystem, transports } from "./system.js";
import { resultTable, type ScenarioResult, timelineLine } from "./timeline.js";

const { values } = parseArgs({
  options: {
    transport: { type: "string", default: "memory" },
    store: { type: "string", default: "sqlite" },
    json: { type: "boolean", default: false },
  },
});
const kinds = { transport: oneOf("transport", transports), store: oneOf("store", storeNames) };

generate();
const system = await startSystem(kinds).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const announced = new EventEmitter();
const announce = (orderId: number, text: string) => {
  console.log(pc.cyan(`          event         order ${orderId} is ${text}`));
  announced.emit(String(orderId));
};
await subscribe(
  orderEvents,
  {
    orderOutcome: {
      orderApproved: ({ orderId, ticketId }) => announce(orderId, `approved with ticket ${ticketId}`),
      orderRejected: ({ orderId }) => announce(orderId, "rejected"),
    },
  },
  system.transport,
  { group: null },
);

const results: ScenarioResult[] = [];
for (const [index, scenario] of scenarios.entries()) {
  const { consumerId, price } = scenario.order;
  console.log(`\n${pc.bold(scenario.name)} ${pc.dim(`order ${index + 1}, consumer ${consumerId}, price ${price}`)}`);
  let startedAt: number | undefined;
  const show = (row: Parameters<typeof timelineLine>[0]) => {
    startedAt ??= row.at;
    console.log(timelineLine(row, startedAt));
  };
  const told = once(announced, String(index + 1), { signal: AbortSignal.timeout(60_000) });
  const [result] = await Promise.all([runScenario(scenario, index + 1, system, show), told]);
  results.push(result);
}
await system.close();

console.log(`\n${resultTable(results)}`);
const wrong = scenarios.filter(({ ends }, index) => {
  const end = `${results[index]?.state}/${results[index]?.order}`;
  return !ends.some((one) => one === end);
});
for (const { name, ends } of wrong) console.error(`${name}: it should have ended as ${ends.join(" or ")}`);
if (values.json) console.log(JSON.stringify(results));
process.exitCode = wrong.length > 0 ? 1 : 0;

function oneOf<Choice extends string>(option: "transport" | "store", choices: readonly Choice[]): Choice {
  const chosen = choices.find((choice) => choice === values[option]);
  if (chosen) return chosen;
  console.error(`--${option} ${values[option]}: write one of ${choices.join(", ")}`);
  process.exit(2);
}

/** Runs `sagaspec generate` from its sources, as `npm run generate` does. */
function generate(): void {
  const cli = fileURLToPath(new URL("../../generator/src/cli/main.ts", import.meta.url));
  const { status } = spawnSync(process.execPath, [...process.execArgv, cli, "generate"], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
