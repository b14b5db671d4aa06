// Who is told of what went wrong: stderr, a logger, a callback. None of them can hurt the program.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createClient, type Logger, type Problem, type SagaStore, serve } from "@sagaspec/runtime";
import { createMemoryTransport } from "@sagaspec/runtime/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { kitchen } from "../support/fixtures/kitchen.js";
import { createOrder, order as input } from "../support/saga/create-order.js";
import { createWorld, settled } from "../support/saga/world.js";

const order = { orderId: 1, dishes: ["soup"] };
const thrown = new TypeError("the oven is cold");
const handlers = {
  createTicket: () => {
    throw thrown;
  },
  cancelTicket() {},
  weigh: () => ({ name: "light" as const, payload: { grams: 1 } }),
  clean() {},
};

async function fails(options: object): Promise<void> {
  const transport = createMemoryTransport();
  const server = await serve(kitchen, handlers, transport, options);
  onTestFinished(async () => {
    await server.close();
    await transport.close();
  });
  await expect(createClient(kitchen, transport).createTicket(order)).rejects.toThrow("the oven is cold");
}

const broken = new Error("the callback is broken");
const foreignPromise: object = JSON.parse('{"then": null}', (key, value) =>
  key === "then" ? () => fail(broken) : value,
);

describe("a problem", () => {
  it("goes to stderr with its stack when nobody else is told, and a flood of it in a few lines", async () => {
    const program = fileURLToPath(new URL("unheard-problems.ts", import.meta.url));
    const given = ["--conditions=@sagaspec/source", "--import", "tsx", program];
    const { stderr } = await promisify(execFile)(process.execPath, given);
    expect(stderr).toContain("sagaspec error: handler-error in kitchen.createTicket, message ");
    expect(stderr).toMatch(/TypeError: the oven is cold\n +at .*broken \(.*unheard-problems/);
    const lines = stderr.split("\n").filter((line) => line.startsWith("sagaspec error: handler-error"));
    expect(lines.length).toBeLessThan(50);
    const leftOut = lines.map((line) => Number(/\(and (\d+) more like it\)$/.exec(line)?.[1] ?? 0));
    expect(leftOut.reduce((sum, count) => sum + count, lines.length)).toBe(200);
  });

  it("goes to a logger with its error and its place, and nowhere else", async () => {
    const seen: [string, object, string][] = [];
    const at = (level: string) => (details: object, message: string) => void seen.push([level, details, message]);
    const logger: Logger = { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
    await fails({ logger });
    const details = { kind: "handler-error", service: "kitchen", operation: "kitchen.createTicket", err: thrown };
    expect(seen).toEqual([["error", expect.objectContaining(details), "the oven is cold"]]);
  });

  it("goes to a callback with its error and its place", async () => {
    const seen: Problem[] = [];
    await fails({ onProblem: (problem: Problem) => seen.push(problem) });
    expect(seen).toMatchObject([
      { kind: "handler-error", service: "kitchen", reason: "the oven is cold", error: thrown },
    ]);
  });

  const callbacks: [string, () => unknown][] = [
    [
      "throws",
      () => {
        throw broken;
      },
    ],
    ["rejects", () => Promise.reject(broken)],
    ["answers with another library's broken promise", () => foreignPromise],
  ];

  it.each(callbacks)("stops no service when its callback %s", async (_, onProblem) => {
    await fails({ onProblem });
  });

  it.each(callbacks)("stops no saga when its callback %s", async (_, callback) => {
    const world = await createWorld({ runner: { onProblem: callback, observe: callback } });
    onTestFinished(() => world.close());
    let failures = 3;
    const store: SagaStore = {
      ...world.store,
      commit: (...given) => (failures-- > 0 ? Promise.reject(new Error("down")) : world.store.commit(...given)),
    };
    const runner = await world.addRunner({ store, service: "other" });
    const started = runner.run(createOrder, input);
    await settled(world, () => failures < 0);
    const handle = await started;
    await settled(world, async () => (await handle.status()).status === "completed");
  });
});

function fail(error: Error): never {
  throw error;
}
