// What is simulated: sagas that together use every kind of step and option, over services that remember what they did.
import type { Scenario, SimulatedHistory, SimulatedSaga } from "@sagaspec/runtime/testing";
import { misbooked } from "./books.js";
import { odd } from "./odd.js";
import { newParcel, parcel } from "./parcel.js";
import { pizza, tellOf } from "./pizza.js";
import { postOf } from "./post.js";
import { inspection, repairSaga } from "./repair.js";
import { round } from "./round.js";
import { bank, car, flight, garage, hotel, seats, serviceOf } from "./services.js";
import { snack, tour } from "./tour.js";
import { tripSaga } from "./trip.js";

/** Everything that a history needs, made anew for it. */
export function scenario(history: SimulatedHistory): Scenario {
  const isTravel = history.chance("travel or errands") < 0.5;
  const contracts = isTravel ? [hotel, flight, bank, car, seats] : [hotel, flight, bank, car, seats, garage];
  const services = contracts.map((contract) => ({ contract, book: new Map<string, number>() }));
  const labels = new Map<string, number>();
  const participants = services.map(({ contract, book }) => serviceOf(contract, book, history));
  const books = services.map(({ book }) => book);
  return {
    sagas: isTravel ? travel(history) : errands(history),
    participants: isTravel ? participants : [...participants, postOf(labels, history)],
    runner: {
      ...(history.chance("lifecycle") < 0.2 && { lifecycle: { publish: true } }),
      ...(history.chance("retention") < 0.1 && { retention: { lateWindow: "30s", keep: "1m" } }),
    },
    check: ({ sagas }) => misbooked(sagas, books),
  };
}

function travel(history: SimulatedHistory): readonly SimulatedSaga[] {
  const number = 1 + Math.floor(history.chance("number of the tour") * 9);
  const hasOdd = history.chance("odd values") < 0.3;
  return [
    ...(hasOdd ? [{ saga: odd, inputs: [{ trip: 5_000 }] }] : []),
    { saga: tripSaga(history), inputs: [{ trip: 1 }, { trip: 2 }] },
    { saga: tour, inputs: [{ trip: number * 100 }] },
    // Only as a step of the tour.
    { saga: snack, inputs: [] },
  ];
}

/** Two or three of them. The first worker knows two versions of a saga, the others one. */
function errands(history: SimulatedHistory): readonly SimulatedSaga[] {
  const number = 1_000 + Math.floor(history.chance("number of the parcel") * 9) * 10;
  const isWanted = (saga: string) => history.chance(`errand ${saga}`) < 0.55;
  const some = <T>(saga: string, values: readonly T[]) => (isWanted(saga) ? values : []);
  const pizzas = isWanted("pizza") ? [number + 7, number + 8] : [];
  for (const trip of pizzas) tellOf(trip, history);
  return [
    { saga: parcel, inputs: some("parcel", [{ trip: number }]), messages: some("order", [{ trip: number + 1 }]) },
    { saga: newParcel, inputs: some("new parcel", [{ trip: number + 2 }]), knownTo: (worker) => worker === 1 },
    { saga: repairSaga(history), inputs: [], requests: some("repair", [{ trip: number + 5 }]) },
    ...some<SimulatedSaga>("pizza", [{ saga: pizza, inputs: pizzas.map((trip) => ({ trip })) }]),
    ...some<SimulatedSaga>("round", [{ saga: round, inputs: [] }]),
    // Only as a step of the repair.
    { saga: inspection, inputs: [] },
  ];
}
