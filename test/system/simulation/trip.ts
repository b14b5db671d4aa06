// Steps one after the other: functions that last and break, a command that is tried again, a transaction, a pivot.
import { saga } from "@sagaspec/runtime";
import type { SimulatedHistory } from "@sagaspec/runtime/testing";
import { bank, flight, hotel, TripSchema } from "./services.js";

export function tripSaga(history: SimulatedHistory) {
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
