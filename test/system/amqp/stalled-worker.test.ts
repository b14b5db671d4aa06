// A process that stands still, as a machine that sleeps or an event loop that is kept busy, for longer than its steps wait.
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { serve } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import { afterAll, expect, it } from "vitest";
import { stock } from "../../support/fixtures/shop.js";
import { findBroker } from "../../support/rabbitmq.js";

const broker = await findBroker();
afterAll(() => broker?.release());
const program = fileURLToPath(new URL("stalled-worker.ts", import.meta.url));
const options = { execArgv: ["--conditions=@sagaspec/source", "--import", "tsx"] };

it.skipIf(!broker)("a worker that stood still hears what came meanwhile before it times anything out", async () => {
  const { url = "", prefix = "" } = broker ?? {};
  const transport = createAmqpTransport({ amqplib, url });
  let asked = 0;
  const reserve = async ({ orderId }: { orderId: string }) => {
    asked += 1;
    await wait(800);
    return { reservationId: orderId };
  };
  const server = await serve(stock, { reserve, release() {} }, transport);
  const worker = fork(program, [url, "20", prefix], options);
  await once(worker, "message");
  while (asked < 20) await wait(5);
  worker.kill("SIGSTOP");
  await wait(3_500);
  worker.kill("SIGCONT");
  const [ends] = await once(worker, "message");
  expect(new Set(ends)).toEqual(new Set(["completed"]));
  await once(worker, "exit");
  await server.close();
  await transport.close();
});
