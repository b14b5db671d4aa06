// Messages without an answer, an asynchronous call, events that come before their turn, and two versions side by side.
import { saga } from "@sagaspec/runtime";
import type { SagaDefinition } from "../../../runtime/src/saga/define/definition.js";
import { post } from "./post.js";
import { flight, hotel, news, type Trip, TripSchema } from "./services.js";

const patient = { retry: { attempts: 3, backoff: "300ms" } } as const;
const region = { parameters: () => ({ region: "north" }) };

/** The business key of the saga that an order starts. */
export function keyOf({ trip }: Trip): string {
  return `parcel-${trip}`;
}

function parcelOf(version: number) {
  const startOn = { message: news.ordered, input: (order: Trip) => order, key: keyOf };
  return saga("parcel", { version, input: TripSchema, startOn })
    .step("label", {
      send: post.print,
      with: ({ input }) => input,
      ...region,
      headers: () => ({ urgent: true }),
      milestone: "labelled",
      compensate: { send: post.tear, with: ({ input }) => input, ...region },
    })
    .step("remark", { compensate: { run: () => {} } })
    .asyncCall("storage", {
      call: hotel.book,
      with: ({ input }) => input,
      ...patient,
      wait: news.confirmed,
      key: ({ input }) => input.trip,
      match: ({ trip }) => trip,
      deadline: "40s",
      read: { call: hotel.look, with: ({ input }) => input, ...patient },
    })
    .step("reminder", { sleep: "2s", when: ({ input }) => input.trip % 3 > 0 })
    .step("paid", {
      wait: news.paid,
      key: ({ input }) => input.trip,
      match: ({ trip }) => trip,
      // Not every payment is the last one.
      until: ({ message }, { now }) => (message.trip + now) % 4 > 0,
      outOfOrder: "skip-to",
      deadline: "7s",
      warnAfter: "1s",
      onFailure: () => (version === 1 ? "compensate" : { continueWith: null }),
    })
    .step("rated", {
      wait: news.rated,
      key: ({ input }) => input.trip,
      match: ({ trip }) => trip,
      outOfOrder: "ignore",
      deadline: "2s",
      onTimeout: "continue",
      onReply: ({ reply }) => ({ stars: reply.trip % 5 }),
    });
}

const shipping = { call: flight.book, with: ({ input }: { input: Trip }) => input, ...patient, pivot: true } as const;

export const parcel: SagaDefinition<Trip> = parcelOf(1).step("shipping", shipping);

/** Has one step more than the version before. */
export const newParcel: SagaDefinition<Trip> = parcelOf(2)
  .step("shipping", shipping)
  .step("thanks", { send: post.print, with: ({ input }) => input, ...region, headers: () => ({ urgent: false }) });
