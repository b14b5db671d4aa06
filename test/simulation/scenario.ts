// What is simulated: sagas that together use every kind of step, over services that remember what they have done.
import { saga } from "../../runtime/src/saga/builder.js";
import type { FinishedHistory, Scenario, SimulatedHistory } from "../../runtime/src/testing/index.js";
import { type Book, bank, flight, hotel, serviceOf, TripSchema } from "./services.js";

/** Everything that a history needs, made anew for it. */
export function scenario(history: SimulatedHistory): Scenario {
  const books = { hotel: new Map(), flight: new Map(), bank: new Map() } satisfies { [service: string]: Book };
  const trip = tripSaga(history);
  return {
    sagas: [{ saga: trip, inputs: [{ trip: 1 }, { trip: 2 }, { trip: 3 }] }],
    participants: [
      serviceOf(hotel, books.hotel, history),
      serviceOf(flight, books.flight, history),
      serviceOf(bank, books.bank, history),
    ],
    check: (end) => misbooked(end, Object.entries(books)),
  };
}

/** A trip has all of its bookings when it is completed, and none when it is compensated. */
function misbooked({ sagas }: FinishedHistory, books: readonly (readonly [string, Book])[]): string | undefined {
  for (const { input, status } of sagas) {
    const number = (input as { readonly trip: number }).trip;
    for (const [service, book] of books) {
      const count = [...book.values()].filter((one) => one === number).length;
      if (status === "completed" && count !== 1)
        return `trip ${number} is completed with ${count} bookings: ${service}`;
      if (status === "compensated" && count !== 0)
        return `trip ${number} is compensated with ${count} bookings: ${service}`;
    }
  }
  return undefined;
}

function tripSaga(history: SimulatedHistory) {
  const lasting = async (key: string, attempt: number) => {
    const mood = history.chance(`${key} ${attempt}`);
    await history.pause(Math.floor(mood ** 2 * 8_000));
    if (mood < 0.1) throw new Error("broken for the moment");
    return { attempt };
  };
  return saga("trip", { version: 1, input: TripSchema })
    .step("quote", {
      run: (_, { idempotencyKey, attempt }) => lasting(idempotencyKey, attempt),
      timeout: "9s",
      retry: { attempts: 4, backoff: "200ms" },
      compensate: { run: (_, { idempotencyKey, attempt }) => lasting(idempotencyKey, attempt).then(() => {}) },
    })
    .step("hotel", {
      call: hotel.book,
      with: ({ input }) => input,
      compensate: { call: hotel.cancel, with: ({ input, reply }) => ({ ...input, ...reply }) },
      onFailure: (_, { attempt }) => (attempt < 2 ? "retry" : "compensate"),
    })
    .step("note", {
      run: ({ hotel: { booking } }) => ({ booking }),
      transaction: true,
      compensate: { run: () => {}, transaction: true },
    })
    .step("flight", {
      call: flight.book,
      with: ({ input }) => input,
      retry: { attempts: 2, backoff: "300ms" },
      deadline: "6s",
      onReply: ({ reply }) => ({ seat: reply.booking.length }),
    })
    .step("payment", { call: bank.book, with: ({ input }) => input, pivot: true })
    .step("receipt", {
      run: ({ flight: { seat } }, { idempotencyKey, attempt }) => ({ seat, of: `${idempotencyKey}#${attempt}` }),
    });
}
