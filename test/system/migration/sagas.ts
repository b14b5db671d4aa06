// The sagas that the old release leaves and the new one ends. Their structure is never changed: its hash stands in the
// databases. Both releases make them, each with its own builder.
import type { saga as builder } from "@sagaspec/runtime";
import { desk, deskEvents, OrderSchema, warehouse } from "./services.js";

/** What the sagas call of their own process. */
export interface Functions {
  /** Of the step of `counting`; resolves with what the step gives. */
  count(orderId: string): Promise<number>;
}

const hourMs = 3_600_000;

/** The definitions, made with the builder of a release. */
export function defineSagas(saga: typeof builder, { count }: Functions) {
  const begin = (name: string) => saga(name, { version: 1, input: OrderSchema });
  const id = ({ input }: { readonly input: { readonly orderId: string } }) => ({ orderId: input.orderId });
  const release = { call: warehouse.release, with: id } as const;
  const refund = { call: warehouse.refund, with: id } as const;
  const reserve = {
    call: warehouse.reserve,
    with: ({ input }: { input: never }) => input,
    compensate: release,
  } as const;
  const reserving = (name: string) => begin(name).step("stock", reserve);

  const buying = reserving("buying")
    .step("payment", { call: warehouse.charge, with: ({ input }) => input, compensate: refund, pivot: true })
    .step("shipping", { call: warehouse.ship, with: id });

  /** Does not wait long for its reservation. */
  const hasty = begin("hasty")
    .step("stock", { ...reserve, timeout: "300ms" })
    .step("shipping", { call: warehouse.ship, with: id });

  /** Sleeps as many hours as the order's amount. */
  const sleeping = reserving("sleeping")
    .step("night", { sleepUntil: ({ input }, { now }) => now + input.amount * hourMs })
    .step("shipping", { call: warehouse.ship, with: id });

  const approval = (deadline: "2d" | "30m") =>
    ({
      wait: deskEvents.approved,
      key: ({ input }: { readonly input: { readonly orderId: string } }) => input.orderId,
      match: (event: { readonly orderId: string }) => event.orderId,
      deadline,
    }) as const;
  const waiting = reserving("waiting")
    .step("approval", approval("2d"))
    .step("shipping", { call: warehouse.ship, with: id });
  const impatient = reserving("impatient")
    .step("approval", approval("30m"))
    .step("shipping", { call: warehouse.ship, with: id });

  const retrying = begin("retrying").step("stock", {
    ...reserve,
    retry: { attempts: 5, backoff: "40m", maxBackoff: "40m" },
  });

  const polling = begin("polling").step("stock", {
    ...reserve,
    poll: { until: ({ reply }) => reply.reservationId === "ready", every: "40m", deadline: "2d" },
  });

  const together = begin("together")
    .parallel("parts", {
      members: (group) =>
        group
          .step("stock", reserve)
          .step("payment", { call: warehouse.charge, with: ({ input }) => input, compensate: refund })
          .step("counted", {
            dependsOn: ["payment"],
            run: ({ payment }) => payment.receiptId.length,
            compensate: { run: () => {} },
          }),
    })
    .step("shipping", { call: warehouse.ship, with: id });

  /** A reservation for each unit of the amount, two at a time. */
  const several = begin("several").each("units", {
    of: ({ input }) => Array.from({ length: input.amount }, (_, unit) => unit),
    concurrency: 2,
    steps: (body) =>
      body.step("stock", {
        call: warehouse.reserve,
        with: ({ input, item }) => ({ orderId: `${input.orderId}:${item}`, amount: 1 }),
        compensate: { call: warehouse.release, with: ({ input, item }) => ({ orderId: `${input.orderId}:${item}` }) },
      }),
  });

  /** Whatever comes first: the reservation or the approval. */
  const either = begin("either").parallel("offers", {
    mode: "any",
    members: (group) => group.step("stock", reserve).step("approval", approval("2d")),
  });

  const choosing = begin("choosing").branch("way", {
    on: ({ input }) => (input.amount > 1 ? "card" : "cash"),
    cases: {
      card: (body) => body.step("payment", { call: warehouse.charge, with: ({ input }) => input, compensate: refund }),
      cash: (body) => body,
    },
  });

  const phased = begin("phased").phase("order", { timeout: "2d", steps: (body) => body.step("stock", reserve) });

  const part = reserving("part");
  const whole = begin("whole")
    .step("delivery", { child: part, with: ({ input }) => input })
    .step("payment", { call: warehouse.charge, with: ({ input }) => input, compensate: refund });

  const counting = reserving("counting").step("count", {
    run: ({ input }) => count(input.orderId),
    timeout: "2d",
    retry: { attempts: 5, backoff: "10ms" },
    compensate: false,
  });

  const answering = reserving("answering").answers({
    call: desk.place,
    input: (order) => order,
    key: (order) => order.orderId,
    reply: ({ stock }) => stock,
  });

  return {
    buying,
    hasty,
    sleeping,
    waiting,
    impatient,
    retrying,
    polling,
    together,
    several,
    either,
    choosing,
    phased,
    part,
    whole,
    counting,
    answering,
  };
}
