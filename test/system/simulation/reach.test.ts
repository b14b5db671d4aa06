import { saga } from "@sagaspec/runtime";
import type { Request, Schema, Send } from "@sagaspec/runtime/codegen";
import { SimulationFailed, simulate } from "@sagaspec/runtime/testing";
import { expect, test } from "vitest";

interface Order {
  readonly order: number;
}
const OrderSchema: Schema<Order> = {
  type: "object",
  required: ["order"],
  properties: { order: { type: "integer" } },
};
type Told = Order & { readonly item: { readonly state: string } };
const ToldSchema: Schema<Told> = {
  type: "object",
  required: ["order", "item"],
  properties: {
    order: { type: "integer" },
    item: { type: "object", required: ["state"], properties: { state: { enum: ["baking", "boxed"] } } },
  },
};

/** With parameters that have neither a default nor a place in the message, and headers that must be there. */
const told: Send<Told, { readonly region: string; readonly shop: string }, { readonly source: string }> = {
  kind: "send",
  id: "kitchen.told",
  action: "send",
  channel: {
    address: "kitchen.{region}.{shop}",
    parameters: { region: { enum: ["north", "south"] }, shop: {} },
  },
  message: {
    name: "told",
    payload: ToldSchema,
    headers: { type: "object", required: ["source"], properties: { source: { type: "string" } } },
  },
};
const bake: Request<Order, void> = {
  kind: "request",
  id: "kitchen.bake",
  action: "receive",
  channel: { address: "kitchen.commands" },
  message: { name: "bake", payload: OrderSchema },
  reply: { success: [{ name: "baking" }] },
};
const cancel: Request<Order, void> = {
  ...bake,
  id: "kitchen.cancel",
  message: { name: "cancel", payload: OrderSchema },
};

const pizza = saga("pizza", { version: 1, input: OrderSchema })
  .step("bake", {
    call: bake,
    with: ({ input }) => input,
    compensate: { call: cancel, with: ({ input }) => input },
  })
  .step("boxed", {
    wait: told,
    key: ({ input }) => input.order,
    match: ({ order }) => order,
    until: ({ message }) => message.item.state === "boxed",
    deadline: "10m",
  });

const inputs = [{ order: 1 }, { order: 2 }];

test("events that sagas wait for come by themselves, with parameters and headers, where no participants are given", async () => {
  const { ends, unreached } = await simulate({ sagas: [{ saga: pizza, inputs }], runs: 100 });
  expect(ends.completed).toBeGreaterThan(100);
  expect(ends.compensated).toBeGreaterThan(3);
  expect(unreached).toEqual([]);
});

test("waits and sleeps of months end, and what follows them is simulated with faults as well", async () => {
  const patient = saga("patient", { version: 1, input: OrderSchema })
    .step("bake", {
      call: bake,
      with: ({ input }) => input,
      retry: { attempts: 4, backoff: "1m" },
      compensate: { call: cancel, with: ({ input }) => input },
    })
    .step("rest", { sleep: "60d" })
    .step("bakeAgain", { call: bake, with: ({ input }) => ({ order: input.order + 100 }), timeout: "3h" })
    .step("boxed", { wait: told, key: ({ input }) => input.order, match: ({ order }) => order, deadline: "90d" });
  const { ends, lines } = await simulate({ sagas: [{ saga: patient, inputs }], runs: 60 });
  expect(ends.completed).toBeGreaterThan(50);
  expect(ends.compensated).toBeGreaterThan(1);
  expect(lines["step-attempt-failed"]).toBeGreaterThan(10);
});

test("a definition of which no saga is ever completed fails the simulation, which says what was never reached", async () => {
  const stuck = pizza
    .branch("route", {
      on: () => "near",
      cases: {
        near: (body) => body.step("walk", { run: () => null }),
        far: (body) => body.step("drive", { run: () => null }),
      },
    })
    .step("never", {
      wait: told,
      key: ({ input }) => `${input.order} in a box`,
      // No message can be made up: the key is in none of its members.
      match: ({ order, item }) => (item.state === "boxed" ? `${order} in the box` : undefined),
      deadline: "1m",
    });
  const options = { sagas: [{ saga: stuck, inputs }], runs: 30 };
  const failure = await simulate(options).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SimulationFailed);
  const { message, violation } = failure as SimulationFailed;
  expect(violation).toMatch(/^no saga of pizza v1 was ever completed \(all sagas: /);
  expect(message).toContain("case 'far' of branch 'route' was never taken");
  expect(message).toContain("step 'route/far/drive' never began");
  expect(message).toMatch(/the wait of step 'never' was never ended by a message: none can be made up/);
  expect(message).toContain("mayNeverComplete: true");
  const { unreached } = await simulate({ ...options, mayNeverComplete: true });
  expect(unreached).toContain("pizza v1: no saga was completed");
});

test("a few sagas that do not complete are no failure", async () => {
  const never = saga("never", { version: 1, input: OrderSchema }).step("fail", {
    run: () => {
      throw new Error("out of the question");
    },
  });
  const { unreached } = await simulate({ sagas: [{ saga: never, inputs: [{ order: 1 }] }], runs: 3 });
  expect(unreached).toEqual(["never v1: no saga was completed"]);
});

test("a history publishes to an address with parameters; what the contract does not allow ends the simulation", async () => {
  const region = "south";
  const publish = (extra: { readonly parameters?: { readonly region: string; readonly shop: string } }) =>
    simulate({
      runs: 5,
      scenario: (history) => ({
        sagas: [{ saga: pizza, inputs: [{ order: 1 }] }],
        participants: [
          {
            contract: { $contract: { service: "kitchen", version: "1.0.0" }, bake, cancel } as never,
            handlers: {
              bake(_: Order, context: { readonly messageId: string }) {
                history.effect(context, () => {
                  const payload = { order: 1, item: { state: "boxed" } };
                  history.publish(told, payload, `boxed ${context.messageId}`, {
                    ...extra,
                    headers: { source: "oven" },
                  });
                });
              },
              cancel() {},
            },
          },
        ],
      }),
    });
  const { ends } = await publish({ parameters: { region, shop: "1" } });
  expect(ends.completed).toBeGreaterThan(2);
  await expect(publish({})).rejects.toThrow(/kitchen.told: .* has no value for "region"/);
});
