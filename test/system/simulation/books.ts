// What the services have booked, beside what the sagas say.
import type { FinishedHistory } from "@sagaspec/runtime/testing";
import { inspection } from "./repair.js";
import { round } from "./round.js";
import type { Book, Trip } from "./services.js";
import { seatsOf, snack } from "./tour.js";

type FinishedSaga = FinishedHistory["sagas"][number];
type Range = readonly [least: number, most: number];

/** Waits for events that are told in any case. */
const toldOf: readonly string[] = ["confirmation", "ready", "boxed"];
const childrenOnly: readonly string[] = [snack.type, inspection.type];

/** All bookings are there when a saga is completed, and none when it has turned back. */
export function misbooked(sagas: readonly FinishedSaga[], books: readonly Book[]): string | undefined {
  const booked = books.flatMap((book) => [...book.values()]);
  for (const saga of sagas) {
    const { id, type, status, history } = saga;
    const family = [saga, ...sagas.filter(({ parent }) => parent === id)];
    if (
      childrenOnly.includes(type) ||
      family.some(isHandled) ||
      !["completed", "compensated", "cancelled"].includes(status)
    )
      continue;
    const isInVain = history.some(({ kind, step }) => kind === "step-failed" && toldOf.includes(step ?? ""));
    const odd = history.find(({ kind, step }) => kind === "step-failed" && type === "odd" && step === "read");
    if (odd) return `${id} keeps what JSON does not: ${JSON.stringify(odd.data)}`;
    if (isInVain) return `${id} waited in vain for an event that was told`;
    const { trip } = saga.input as unknown as Trip;
    const mine = booked.filter((number) => isOf(saga, number, trip));
    const [least, most] = status === "completed" ? bookingsOf(type, trip) : [0, 0];
    if (mine.length >= least && mine.length <= most) continue;
    return `${id} is ${status} with ${mine.length} bookings, not ${least} to ${most}: ${mine.join(", ")}`;
  }
  return undefined;
}

/** Whether somebody has said how steps stand, wanted one once more, or turned back what may be past its pivot. */
function isHandled({ history }: FinishedSaga): boolean {
  const isPivotUnknown = history.some(
    ({ kind, step, data }) => kind === "step-failed" && step === "payment" && (data as Failed).effect === "perhaps",
  );
  return history.some(({ kind, data }) => {
    if (kind !== "operated") return false;
    const { action, refused } = data as unknown as Operated;
    return refused === undefined && (leavesBooks.includes(action) || (isPivotUnknown && turnsBack.includes(action)));
  });
}

const leavesBooks: readonly string[] = ["skip", "mark-done", "retry", "cancel-without-compensation"];
const turnsBack: readonly string[] = ["cancel", "compensate"];

interface Operated {
  readonly action: string;
  readonly refused?: string;
}

interface Failed {
  readonly effect?: string;
}

function isOf({ type }: FinishedSaga, number: number, trip: number): boolean {
  if (type === "tour") return number - (number % 100) === trip;
  return type === "repair" ? number === trip || number === trip + 1 : number === trip;
}

/** Of a completed saga. */
function bookingsOf(type: string, trip: number): Range {
  switch (type) {
    case "tour": {
      const all = 7 + seatsOf({ trip }).length;
      return [all, all];
    }
    case "trip":
      return [3, 3];
    case "odd":
      return [1, 1];
    case "pizza":
      return [0, 0];
    case round.type:
      return [1, 1];
    // What an early event has passed over may be there.
    case "parcel":
      return [1, 2];
    // One of two that come to tow, or both.
    default:
      return [4, 5];
  }
}
