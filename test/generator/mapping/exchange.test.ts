import { createClient, isFailure, type Outgoing, serve } from "@sagaspec/runtime";
import { describe, expect, test } from "vitest";
import { correlation } from "../../../generated/features/correlation/index.js";
import { failures } from "../../../generated/features/failures/index.js";
import { parameters } from "../../../generated/features/parameters/index.js";
import { sagaspec } from "../cli/terminal.js";
import { specs } from "./features.js";
import { bodyOf, tapped } from "./tapped.js";

describe("the mapping: what is exchanged", { timeout: 60_000 }, () => {
  test("correlation values: in the form of their schema, and optional for the caller", async () => {
    const { transport, sent } = tapped();
    const handlers = {
      askQuote: () => ({ price: 3 }),
      weigh: ({ number }: { number: number }) => ({ grams: 5, number }),
    };
    const server = await serve(correlation, handlers, transport);
    const client = createClient(correlation, transport);
    expect(await client.askQuote({ sku: "a" })).toEqual({ price: 3 });
    expect(await client.weigh({ sku: "a" })).toMatchObject({ grams: 5 });
    expect(sent[0]?.headers.request).toMatch(/^[0-9a-f-]{36}$/);
    const { number } = bodyOf(sent.find(({ type }) => type === "weigh") as Outgoing) as { number: number };
    expect(Number.isInteger(number) && number >= 1 && number <= 999_999).toBe(true);
    const { out } = await sagaspec(specs, "validate", "narrow-correlation.yaml");
    expect(out).toContain("the correlation id of track cannot be made");
    await server.close();
    await transport.close();
  });

  test("unexpected errors: in the shape that the contract declares, for whoever understands no other", async () => {
    const { transport } = tapped();
    const handlers = {
      bookSeat: ({ seat }: { seat: string }, { fail }: { fail(name: "seatTaken", payload: { by: string }): Error }) => {
        throw seat === "taken" ? fail("seatTaken", { by: "Ann" }) : new Error("out of order");
      },
    };
    const server = await serve(failures, handlers, transport, { onProblem: () => {} });
    const client = createClient(failures, transport);
    const refused = await client.bookSeat({ seat: "taken" }).catch((error: unknown) => error);
    expect(
      isFailure(refused, failures.bookSeat) && refused.failure.name === "seatTaken" && refused.failure.payload.by,
    ).toBe("Ann");
    await expect(client.bookSeat({ seat: "1" })).rejects.toMatchObject({ code: "remote-error" });
    await server.close();
    await transport.close();
  });

  test("declared and native place: correlation and reply address are written to both", async () => {
    const { transport, sent } = tapped();
    const handlers = {
      askQuote: () => ({ price: 3 }),
      weigh: ({ number }: { number: number }) => ({ grams: 5, number }),
    };
    const server = await serve(correlation, handlers, transport);
    await createClient(correlation, transport).askQuote({ sku: "a" });
    const [request] = sent;
    expect(request?.headers.replyTo).toBe(request?.replyTo);
    expect(request?.correlationId).toBeDefined();
    await server.close();
    await transport.close();
  });

  test("parameters: asked for where nothing fills them, and an address may be known only at run time", async () => {
    const { transport, sent } = tapped();
    const done: string[] = [];
    const handlers = {
      cleanRoom: (_: unknown, context: { parameters: { floor: string } }) => void done.push(context.parameters.floor),
      bookRoom: ({ guest }: { guest: string }) => void done.push(guest),
      whisper: (payload: { text: string }) => void done.push(payload.text),
    };
    const addresses = { whisper: "private.7" };
    await expect(serve(parameters, handlers, transport, { addresses })).rejects.toThrow(/no value for "floor"/);
    const own = { parameters: { floor: "first", room: "9" }, addresses };
    const server = await serve(parameters, handlers, transport, own);
    const client = createClient(parameters, transport, { addresses });
    await client.cleanRoom({ thoroughly: true }, { parameters: { floor: "first", room: "9" } });
    await client.bookRoom({ guest: "ann" });
    await client.whisper({ text: "psst" });
    await expect.poll(() => [...done].sort()).toEqual(["ann", "first", "psst"]);
    expect(sent.map(({ to }) => "address" in to && to.address)).toEqual([
      "rooms.first.9",
      "bookings.north.ann",
      "private.7",
    ]);
    await server.close();
    await transport.close();
  });
});
