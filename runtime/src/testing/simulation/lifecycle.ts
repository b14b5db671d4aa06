import { lifecycleOperations } from "../../saga/lifecycle/effects.js";
import { planOf, requireEndpoint } from "../../wire/operation-plan.js";
import type { Broker } from "./broker.js";

/** Listens to what workers tell of sagas, from before they start; gives the ids of what was told. */
export async function listenToLifecycle({ inner }: Broker): Promise<ReadonlySet<string>> {
  const heard = new Set<string>();
  const endpoints = [...lifecycleOperations.values()].map((operation) => requireEndpoint(planOf(operation)));
  const addresses = new Map(endpoints.map((endpoint) => [endpoint.address, endpoint]));
  for (const endpoint of addresses.values()) {
    await inner.subscribe({ ...endpoint, group: "listener", durable: true }, { prefetch: 1_000 }, (batch) => {
      for (const incoming of batch) {
        heard.add(incoming.id);
        incoming.settle("ack");
      }
    });
  }
  return heard;
}
