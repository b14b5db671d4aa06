// Begins by the clock.
import { saga } from "@sagaspec/runtime";
import { seats, TripSchema } from "./services.js";

const minuteMs = 60_000;
/** The rounds book under numbers of their own. */
export const firstRound = 1_000_000;

export const round = saga("round", {
  version: 1,
  input: TripSchema,
  schedule: {
    cron: "* * * * *",
    input: (tick) => ({ trip: firstRound + ((tick.getTime() / minuteMs) % 1_000) }),
    catchUp: "2m",
  },
})
  .step("walk", { run: () => ({ met: "nobody" }) })
  .step("seat", { call: seats.book, with: ({ input }) => input, retry: { attempts: 3, backoff: "300ms" } });
