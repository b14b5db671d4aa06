// Groups, pauses and questions: steps at the same time, the first of several, one for each item, one of several ways.
import { saga } from "@sagaspec/runtime";
import { bank, car, flight, hotel, news, seats, type Trip, TripSchema } from "./services.js";

/** Seats that a tour takes. */
export function seatsOf({ trip }: Trip): readonly number[] {
  return [1, 2, 3, 4].slice(0, 1 + ((trip / 100) % 4));
}

const patient = { retry: { attempts: 3, backoff: "300ms" } } as const;

/** A saga of its own, and a step of the tour. */
export const snack = saga("snack", { version: 1, input: TripSchema })
  .step("order", { call: car.book, with: ({ input }) => input, ...patient })
  .step("served", { run: ({ order }) => order.booking });

export const tour = saga("tour", { version: 1, input: TripSchema, deadline: "10m", warnAfter: "5s" })
  .step("morning", { sleep: "200ms" })
  .step("snack", { child: snack, with: ({ input }) => ({ trip: input.trip + 7 }) })
  .branch("route", {
    on: ({ input }) => ((input.trip / 100) % 2 === 0 ? "air" : "road"),
    cases: {
      air: (body) =>
        body
          .step("flight", { call: flight.book, with: ({ input }) => ({ trip: input.trip + 1 }), ...patient })
          .step("layover", { sleepUntil: (_, { now }) => now + 150 }),
      road: (body) => body.step("car", { call: car.book, with: ({ input }) => ({ trip: input.trip + 1 }), ...patient }),
    },
  })
  .parallel("stay", {
    members: (group) =>
      group
        .step("hotel", { call: hotel.book, with: ({ input }) => ({ trip: input.trip + 2 }), ...patient })
        .step("breakfast", {
          dependsOn: ["hotel"],
          call: hotel.book,
          with: ({ input }) => ({ trip: input.trip + 3 }),
          ...patient,
          when: ({ hotel: room }) => room.booking.length > 0,
        })
        .step("insurance", {
          call: bank.book,
          with: ({ input }) => ({ trip: input.trip + 4 }),
          ...patient,
        }),
  })
  .parallel("guide", {
    mode: "any",
    members: (group) =>
      group
        .step("local", { call: car.book, with: ({ input }) => ({ trip: input.trip + 5 }), ...patient })
        .step("foreign", { call: flight.book, with: ({ input }) => ({ trip: input.trip + 6 }), ...patient }),
  })
  .step("confirmation", {
    wait: news.confirmed,
    key: ({ input }) => input.trip + 2,
    match: (event) => event.trip,
    deadline: "2m",
  })
  .each("seats", {
    of: ({ input }) => seatsOf(input),
    concurrency: 2,
    steps: (body) =>
      body.step("seat", {
        call: seats.book,
        with: ({ input, item }) => ({ trip: input.trip + 10 + item }),
        ...patient,
      }),
  })
  .phase("closing", {
    timeout: "1m",
    warnAfter: "4s",
    steps: (body) =>
      body.step("weather", {
        call: bank.look,
        with: ({ input }) => input,
        ...patient,
        poll: { until: ({ reply }) => reply.ready, every: "300ms", deadline: "20s" },
      }),
  })
  .step("payment", { call: bank.book, with: ({ input }) => ({ trip: input.trip + 9 }), pivot: true })
  .step("goodbye", { run: ({ stay, seats: taken }) => ({ stay: stay.hotel.booking, seats: taken.length }) });
