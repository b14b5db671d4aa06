// Values that JSON does not keep, and functions that change what they are given.
import { TerminalError } from "../../../runtime/src/core/errors.js";
import { saga } from "../../../runtime/src/saga/define/builder.js";
import { car, TripSchema } from "./services.js";

const bare = (values: object): object => Object.assign(Object.create(null), values);

export const odd = saga("odd", { version: 1, input: TripSchema })
  .step("made", {
    run: () => ({ at: new Date(0), none: undefined, call() {}, inside: bare({ big: 2n ** 60n }), list: [new Date(1)] }),
  })
  .step("read", {
    run({ made }) {
      const kept = { at: "1970-01-01T00:00:00.000Z", inside: { big: 2n ** 60n }, list: ["1970-01-01T00:00:00.001Z"] };
      const text = (value: unknown) => JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : one));
      if (text(made) !== text(kept) || typeof made.at !== "string")
        throw new TerminalError(`what was made is ${text(made)}`);
      return bare({ read: true });
    },
  })
  .step("endless", { run: () => ({ value: Number.NaN }), onFailure: () => ({ continueWith: null }) })
  .step("thrown", {
    run() {
      throw bare({ reason: "no prototype" });
    },
    onFailure: () => ({ continueWith: null }),
  })
  .step("booked", {
    call: car.book,
    with({ input }) {
      try {
        Object.assign(input, { trip: input.trip + 1 });
      } catch {
        // As it should be: what a saga keeps is frozen.
      }
      return input;
    },
    retry: { attempts: 3, backoff: "300ms" },
  });
