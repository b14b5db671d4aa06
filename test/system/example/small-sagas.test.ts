import { given } from "@sagaspec/runtime/testing";
import { describe, expect, test } from "vitest";
import { main as orderPizza } from "../../../examples/01-pizza/main.js";
import { main as invoice } from "../../../examples/02-invoice/main.js";
import { sendInvoice } from "../../../examples/02-invoice/saga.js";
import { main as onboardTeam } from "../../../examples/03-service-plan/main.js";
import { main as bookTrip } from "../../../examples/04-trip/main.js";
import { main as refundExpense } from "../../../examples/05-approval/main.js";

describe("01-pizza", () => {
  test("the pizza is delivered once it is ready, however often the delivery service stumbles", async () => {
    const { state, deliveries } = await orderPizza("margherita", [503]);
    expect(state).toMatchObject({ status: "completed", results: { delivered: { courier: "Ada" } } });
    expect(deliveries.map(({ status }) => status)).toEqual([503, 200]);
    expect(new Set(deliveries.map(({ key }) => key)).size).toBe(1);
  });

  test("a pizza that cannot be delivered is thrown away", async () => {
    const { state, thrownAway } = await orderPizza("margherita", [404]);
    expect(state.status).toBe("compensated");
    expect(thrownAway).toEqual([1]);
  });

  test("nothing is delivered of what is not baked", async () => {
    const { state, deliveries, thrownAway } = await orderPizza("hawaii");
    expect(state).toMatchObject({ status: "compensated", failure: { name: "ovenFull" } });
    expect(deliveries).toEqual([]);
    expect(thrownAway).toEqual([]);
  });
});

describe("02-invoice", () => {
  test("the invoice is sent to the customer once it is written", async () => {
    const text = "Your invoice: https://invoices.example.com/2027-0042";
    expect(await invoice(true)).toEqual({ status: "completed", mails: [{ to: "ada@example.com", text }] });
  });

  test("accounting is told that none could be written", async () => {
    const text = "No invoice for order 7: the customer has no address";
    expect(await invoice(false)).toEqual({ status: "completed", mails: [{ to: "accounting@example.com", text }] });
  });

  test("an invoice that is not written in time is dropped", () => {
    given(sendInvoice, { orderId: 7, customer: "ada@example.com", amount: 120 })
      .whenReplied("invoice:call", { jobId: "job-7" })
      .thenDoesNothing()
      .whenTimePasses()
      .thenSends("billing.dropInvoice", { orderId: 7 })
      .whenUndone("invoice:call")
      .thenEnds("compensated");
  });
});

describe("03-service-plan", () => {
  const maths = { team: "maths", wantsGroup: true, seats: 2 };

  test("the group is made first, then a user for each seat, and one answer tells of all", async () => {
    const { answer, summary } = await onboardTeam(maths);
    expect(answer).toEqual({ groupId: 1, userIds: [2, 3] });
    const user = (index: number) => ({
      path: `plan/users/${index}/user`,
      index,
      status: "succeeded",
      request: { name: `maths-${index + 1}`, groupId: 1 },
      attempts: [{ attempt: 1, outcome: "succeeded" }],
    });
    expect(summary).toMatchObject({
      type: "onboard-team",
      key: "maths",
      status: "completed",
      steps: [
        { operation: "directory.createGroup", instances: [{ status: "succeeded", request: { name: "maths" } }] },
        { operation: "directory.createUser", instances: [user(0), user(1)] },
      ],
    });
  });

  test("a team that wants no group has users all the same", async () => {
    const { answer, summary } = await onboardTeam({ ...maths, wantsGroup: false });
    expect(answer).toEqual({ userIds: [1, 2] });
    const [group, users] = summary?.steps ?? [];
    expect(group?.instances).toMatchObject([{ status: "skipped", attempts: [] }]);
    expect(users?.instances).toMatchObject([{ request: { name: "maths-1" } }, { request: { name: "maths-2" } }]);
  });

  test("when one name is taken, nothing is left of the others, and the answer says why", async () => {
    const { answer, summary, entries } = await onboardTeam(maths, ["maths-2"]);
    expect(answer).toEqual({ refused: "directory.createUser: answered with nameTaken" });
    expect(entries).toEqual({ "maths-2": 1 });
    expect(summary).toMatchObject({
      status: "compensated",
      steps: [
        { instances: [{ status: "compensated", compensation: { operation: "directory.removeGroup" } }] },
        { instances: [{ status: "compensated" }, { status: "failed", failure: { code: "nameTaken" } }] },
      ],
    });
  });
});

describe("04-trip", () => {
  test("a trip holds its flight, hotel and car", async () => {
    const itinerary = "Lisbon: flight TP-42, hotel H-7, car C-3";
    expect(await bookTrip()).toEqual({
      status: "completed",
      itinerary,
      held: ["flight", "hotel", "car"],
      cancelled: [],
    });
  });

  test.each(["flight", "hotel", "car"] as const)("when no %s is left, what was booked is given up", async (soldOut) => {
    const { status, held, cancelled } = await bookTrip(soldOut);
    expect({ status, held }).toEqual({ status: "compensated", held: [] });
    expect(cancelled).toEqual(["car", "hotel", "flight"].filter((one) => one !== soldOut));
  });
});

describe("05-approval", () => {
  test("an expense that is approved at once is paid, and nobody is reminded", async () => {
    expect(await refundExpense("asked")).toEqual({ status: "completed", paid: [42], reminders: 0 });
  });

  test("whoever does not decide is reminded", async () => {
    expect(await refundExpense("reminded")).toEqual({ status: "completed", paid: [42], reminders: 1 });
  });

  test("nothing is paid that was refused, or that nobody has decided in time", async () => {
    expect(await refundExpense("asked", false)).toMatchObject({ status: "completed", paid: [] });
    expect(await refundExpense("never")).toEqual({ status: "completed", paid: [], reminders: 1 });
  });
});
