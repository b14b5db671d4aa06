// What is simulated: sagas that together use every kind of step, over services that remember what they have done.
import type { FinishedHistory, Scenario, SimulatedHistory } from "../../runtime/src/testing/index.js";
import { type Book, bank, car, flight, hotel, seats, serviceOf, type Trip } from "./services.js";
import { seatsOf, snack, tour } from "./tour.js";
import { tripSaga } from "./trip.js";

/** Everything that a history needs, made anew for it. */
export function scenario(history: SimulatedHistory): Scenario {
  const services = [hotel, flight, bank, car, seats].map((contract) => ({ contract, book: new Map<string, number>() }));
  const number = 1 + Math.floor(history.chance("number of the tour") * 9);
  return {
    sagas: [
      { saga: tripSaga(history), inputs: [{ trip: 1 }, { trip: 2 }] },
      { saga: tour, inputs: [{ trip: number * 100 }] },
      // Only as a step of the tour.
      { saga: snack, inputs: [] },
    ],
    participants: services.map(({ contract, book }) => serviceOf(contract, book, history)),
    check: (end) =>
      misbooked(
        end,
        services.map(({ book }) => book),
      ),
  };
}

/** All bookings are there when a saga is completed, and none when it has turned back. */
function misbooked({ sagas }: FinishedHistory, books: readonly Book[]): string | undefined {
  for (const { id, type, input, status, history } of sagas) {
    const isInVain = history.some(({ kind, step }) => kind === "step-failed" && step === "confirmation");
    if (isInVain) return `${id} waited in vain for an event that was told`;
    if (type === snack.type) continue;
    const { trip } = input as unknown as Trip;
    const isTour = trip >= 100;
    const booked = books.flatMap((book) => [...book.values()]);
    const mine = booked.filter((number) => (isTour ? number - (number % 100) === trip : number === trip));
    const all = isTour ? 7 + seatsOf({ trip }).length : 3;
    const expected = status === "completed" ? all : 0;
    if (status === "needs-attention" || mine.length === expected) continue;
    return `${id} is ${status} with ${mine.length} bookings, not ${expected}: ${mine.join(", ")}`;
  }
  return undefined;
}
