// Two waits for one kind of event, which comes in any order, and sooner or later than the saga begins.
import { saga } from "../../../runtime/src/saga/define/builder.js";
import type { SimulatedHistory } from "../../../runtime/src/testing/index.js";
import { news, type PizzaState, TripSchema } from "./services.js";

const told = { wait: news.pizza, key: ({ input }: { input: { trip: number } }) => input.trip } as const;
const states: readonly PizzaState[] = ["BAKING", "BOXED", "READY"];

export const pizza = saga("pizza", { version: 1, input: TripSchema })
  .step("ready", {
    ...told,
    match: ({ trip }) => trip,
    until: ({ message }) => message.state === "READY",
    deadline: "2m",
  })
  .step("boxed", {
    ...told,
    match: ({ trip }) => trip,
    until: ({ message }) => message.state === "BOXED",
    deadline: "2m",
  });

/** Tells how far a pizza is, while the saga of it may not have begun. */
export function tellOf(trip: number, history: SimulatedHistory): void {
  for (const state of states) {
    const id = `pizza ${trip} ${state}`;
    void history
      .pause(Math.floor(history.chance(id) * 9_000))
      .then(() => history.publish(news.pizza, { trip, state }, id));
  }
}
