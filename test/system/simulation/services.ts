// Services with a state of their own: what is booked, and for whom. Their effects commit with their inbox.
import type {
  Client,
  Contract,
  Handlers,
  Message,
  Request,
  RequestContext,
  Schema,
  Send,
} from "@sagaspec/runtime/codegen";
import type { SimulatedHistory, SimulatedService } from "@sagaspec/runtime/testing";

export interface Trip {
  readonly trip: number;
}
export interface Booking {
  readonly booking: string;
}
export interface Cancellation extends Trip {
  /** Absent where the caller does not know it. */
  readonly booking?: string;
}
interface Refused {
  readonly reason: string;
}

const trip = { type: "integer" };
const booking = { type: "string" };
export const TripSchema: Schema<Trip> = { type: "object", required: ["trip"], properties: { trip } };
const BookingSchema: Schema<Booking> = { type: "object", required: ["booking"], properties: { booking } };
const CancellationSchema: Schema<Cancellation> = {
  type: "object",
  required: ["trip"],
  properties: { trip, booking },
};
const SeenSchema: Schema<{ ready: boolean }> = {
  type: "object",
  required: ["ready"],
  properties: { ready: { type: "boolean" } },
};
const RefusedSchema: Schema<Refused> = {
  type: "object",
  required: ["reason"],
  properties: { reason: { type: "string" } },
};
const done: Message<void> = { name: "done" };

export interface Bookings extends Contract<Client<Bookings>, Handlers<Bookings>> {
  readonly book: Request<Trip, Booking, { fullyBooked: Refused }>;
  readonly cancel: Request<Cancellation, void>;
  readonly look: Request<Trip, { ready: boolean }>;
}

function bookings(service: string): Bookings {
  const common = {
    kind: "request",
    action: "receive",
    channel: { address: `${service}.commands` },
    timeoutMs: 2_000,
  } as const;
  const cancel: Bookings["cancel"] = {
    ...common,
    id: `${service}.cancel`,
    message: { name: "cancel", payload: CancellationSchema },
    reply: { success: [done] },
  };
  const book: Bookings["book"] = {
    ...common,
    id: `${service}.book`,
    message: { name: "book", payload: TripSchema },
    reply: {
      success: [{ name: "booked", payload: BookingSchema } satisfies Message<Booking>],
      failure: { fullyBooked: { name: "fullyBooked", payload: RefusedSchema } },
    },
    compensatedBy: cancel,
  };
  const look: Bookings["look"] = {
    ...common,
    id: `${service}.look`,
    message: { name: "look", payload: TripSchema },
    reply: { success: [{ name: "seen", payload: SeenSchema }] },
  };
  return { $contract: { service, version: "1.0.0" }, book, cancel, look };
}

export const hotel = bookings("hotel");
export const flight = bookings("flight");
export const bank = bookings("bank");
export const car = bookings("car");
export const seats = bookings("seats");
/** Answers by a saga. */
export const desk = bookings("desk");
/** Refuses more often than the others. */
export const garage = bookings("garage");

export interface News extends Contract<Client<News>, Handlers<News>> {
  readonly confirmed: Send<Trip>;
  readonly ordered: Send<Trip>;
  readonly paid: Send<Trip>;
  readonly rated: Send<Trip>;
  readonly pizza: Send<Pizza>;
}

export type PizzaState = "BAKING" | "READY" | "BOXED";
export interface Pizza extends Trip {
  readonly state: PizzaState;
}
const PizzaSchema: Schema<Pizza> = {
  type: "object",
  required: ["trip", "state"],
  properties: { trip, state: { enum: ["BAKING", "READY", "BOXED"] } },
};

/** Tells of every booking, some time after it was made; of orders, and of what customers do. */
export const news: News = {
  $contract: { service: "news", version: "1.0.0" },
  confirmed: event("confirmed"),
  ordered: event("ordered"),
  paid: event("paid"),
  rated: event("rated"),
  pizza: { ...event("pizza"), message: { name: "pizza", payload: PizzaSchema } } as Send<Pizza>,
};

function event(name: string): Send<Trip> {
  return {
    kind: "send",
    id: `news.${name}`,
    action: "send",
    channel: { address: `news.${name}` },
    message: { name, payload: TripSchema },
  };
}

/** What one service has booked: the trip, by booking. */
export type Book = Map<string, number>;

/** Books, refuses now and then, breaks down now and then, and takes its time. */
export function serviceOf(contract: Bookings, book: Book, history: SimulatedHistory): SimulatedService {
  const { service } = contract.$contract;
  const refusals = contract === garage ? 0.3 : 0.03;
  let calls = 0;
  const ponder = async (messageId: string) => {
    const mood = history.chance(`${service} ${messageId}`);
    // Now and then it takes longer than a lease that nobody renews.
    await history.pause(mood > 0.5 && mood < 0.53 ? 1_800 : Math.floor(mood * 400));
    calls += 1;
    if (history.chance(`${service} breaks down ${calls}`) < 0.02) throw new Error("broken for the moment");
    return mood;
  };
  return {
    contract,
    handlers: {
      async book({ trip: number }: Trip, context: RequestContext<{ fullyBooked: Refused }>): Promise<Booking> {
        const mood = await ponder(context.messageId);
        if (mood > 1 - refusals) throw context.fail("fullyBooked", { reason: "the season" });
        const id = `${service} for ${context.messageId}`;
        history.effect(context, () => {
          book.set(id, number);
          const told = () => history.publish(news.confirmed, { trip: number }, `confirmed ${id}`);
          void history.pause(Math.floor(mood * 2_000)).then(told);
        });
        return { booking: id };
      },
      async look(_: Trip, { messageId }: RequestContext<Record<never, never>>) {
        return { ready: (await ponder(messageId)) < 0.4 };
      },
      async cancel({ trip: number, booking: id }: Cancellation, context: RequestContext<Record<never, never>>) {
        await ponder(context.messageId);
        history.effect(context, () => {
          for (const [one, of] of book) if (id === undefined ? of === number : one === id) book.delete(one);
        });
      },
    },
  };
}
