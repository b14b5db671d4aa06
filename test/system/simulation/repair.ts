// What ends oddly: refusals that are judged, that wait for somebody, or that come past the pivot; undoing that fails.
import { saga, TerminalError } from "@sagaspec/runtime";
import type { SimulatedHistory } from "@sagaspec/runtime/testing";
import type { SagaDefinition } from "../../../runtime/src/saga/define/definition.js";
import { bank, car, desk, flight, garage, seats, type Trip, TripSchema } from "./services.js";

const patient = { retry: { attempts: 3, backoff: "300ms" } } as const;
/** The bookings of a child that is left as it is count for nobody. */
export const apart = 500_000;

/** A saga of its own, and a step of the repair: what is refused waits for somebody to look at it. */
export const inspection = saga("inspection", { version: 1, input: TripSchema }).step("look", {
  call: garage.book,
  with: ({ input }) => input,
  ...patient,
  onFailure: () => "park",
});

export function repairSaga(history: SimulatedHistory): SagaDefinition<Trip> {
  const asked = async (key: string, attempt: number) => {
    const mood = history.chance(`${key} ${attempt}`);
    await history.pause(Math.floor(mood * 1_500));
    if (mood > 0.85) throw new TerminalError("out of the question");
    if (mood > 0.7) throw new Error("broken for the moment");
    return { mood };
  };
  return saga("repair", { version: 1, input: TripSchema, deadline: "50s", warnAfter: "3s", lateSuccess: "record" })
    .phase("diagnosis", {
      timeout: "6s",
      warnAfter: "1s",
      steps: (body) =>
        body.step("test", {
          run: (_, { idempotencyKey, attempt }) => asked(idempotencyKey, attempt),
          retry: {
            attempts: 5,
            backoff: "100ms",
            factor: 1.5,
            maxBackoff: "1s",
            jitter: 0.5,
            on: ["error", "timeout"],
          },
          poll: { until: ({ reply }) => reply.mood < 0.6, every: "500ms", deadline: "10s" },
          milestone: "diagnosed",
        }),
    })
    .step("estimate", {
      run: (_, { idempotencyKey, attempt }) => asked(idempotencyKey, attempt),
      timeout: "1s",
      deadline: "5s",
      warnAfter: "500ms",
      onFailure: () => ({ continueWith: { mood: 1 } }),
      compensate: {
        run: (_, { idempotencyKey, attempt }) => asked(idempotencyKey, attempt).then(() => {}),
        retry: { attempts: 2, backoff: "200ms" },
        timeout: "1s",
      },
    })
    .step("meanwhile", {
      child: inspection,
      with: ({ input }) => ({ trip: input.trip + apart }),
      compensate: false,
      onFailure: () => ({ continueWith: null }),
    })
    .parallel("tow", {
      mode: "any",
      rest: "leave",
      members: (group) =>
        group.step("near", { call: car.book, with: ({ input }) => input, ...patient }).sequence("far", {
          steps: (body) =>
            body
              .step("patience", { sleep: "100ms" })
              .step("truck", { call: seats.book, with: ({ input }) => input, ...patient }),
        }),
    })
    .step("lift", {
      call: garage.book,
      with: ({ input }) => input,
      ...patient,
      onFailure: (_, { attempt }) => (attempt < 2 ? "retry" : "park"),
      onReply: ({ reply }) => {
        if (history.chance(reply.booking) < 0.1) throw new Error("not this one");
        return reply;
      },
    })
    .step("payment", { call: bank.book, with: ({ input }) => input, ...patient, compensate: false, pivot: true })
    .step("handover", { call: garage.book, with: ({ input }) => ({ trip: input.trip + 1 }) })
    .step("receipt", {
      call: flight.look,
      with: ({ input }) => input,
      poll: { until: ({ reply }) => reply.ready, every: "200ms", deadline: "1s" },
    })
    .answers({
      call: desk.book,
      input: (order) => order,
      key: ({ trip }) => `repair-${trip}`,
      reply: () => ({ booking: "repaired" }),
      failure: (status) => ({ name: "fullyBooked", payload: { reason: status } }),
    });
}
