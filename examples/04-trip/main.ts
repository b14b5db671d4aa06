/** Three bookings at a time, undone when one of them fails. Run: node --conditions=@sagaspec/source --import tsx examples/04-trip/main.ts */
import { pathToFileURL } from "node:url";
import { createSagaRunner, serve } from "@sagaspec/runtime";
import { createMemorySagaStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { type Booked, type SoldOut, travel } from "../../generated/travel/index.js";
import { bookTrip } from "./saga.js";

const numbers = { flight: "TP-42", hotel: "H-7", car: "C-3" };
type Bookable = keyof typeof numbers;

/** What one trip has led to. */
export interface Travelled {
  readonly status: string;
  readonly itinerary?: string;
  /** What the trip holds at the end. */
  readonly held: readonly Bookable[];
  /** What it held, and gave up again. */
  readonly cancelled: readonly Bookable[];
}

/** Books a trip to Lisbon; of what is `soldOut` there is none left. */
export async function main(soldOut?: Bookable): Promise<Travelled> {
  const held = new Set<Bookable>();
  const cancelled: Bookable[] = [];
  function book(what: Bookable, fail: (name: "soldOut", why: SoldOut) => Error): Booked {
    if (what === soldOut) throw fail("soldOut", { reason: `no ${what} is left` });
    held.add(what);
    return { number: numbers[what] };
  }
  function cancel(what: Bookable): void {
    if (held.delete(what)) cancelled.push(what);
  }

  const transport = createMemoryTransport();
  const services = await serve(
    travel,
    {
      bookFlight: (_, { fail }) => book("flight", fail),
      bookHotel: (_, { fail }) => book("hotel", fail),
      rentCar: (_, { fail }) => book("car", fail),
      cancelFlight: () => cancel("flight"),
      cancelHotel: () => cancel("hotel"),
      cancelCar: () => cancel("car"),
    },
    transport,
  );

  const store = createMemorySagaStore();
  const sagas = createSagaRunner({ service: "trips", sagas: [bookTrip], store, transport });
  await sagas.start();
  const trip = await sagas.run(bookTrip, { tripId: "lisbon-1", city: "Lisbon", day: "2027-05-01", nights: 3 });
  const { status, results } = await trip.result({ timeout: "20s" });

  await sagas.close();
  await services.close();
  await transport.close();
  const { itinerary } = results;
  return { status, ...(itinerary && { itinerary }), held: [...held], cancelled };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.log("all is free:", await main());
  console.log("no car is left:", await main("car"));
}
