// What every inbox promises. The factory takes the clock that the inbox must go by.
import type { Clock, Inbox } from "@sagaspec/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

export interface InboxUnderTest {
  readonly inbox: Inbox;
  /** Lets time pass for the inbox: moves its clock, or waits. */
  pass(ms: number): Promise<void>;
  /** Removes what the test has left. Called after the inbox is closed. */
  cleanUp?(): Promise<void>;
}

/** A clock that stands still until it is moved. For inboxes that take one. */
export function movableClock(start = 1_000_000): Clock & { move(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    after: () => () => {},
    move(ms) {
      now += ms;
    },
  };
}

const leaseMs = 500;
const reply = {
  name: "kitchen.createTicket/ticketCreated",
  payload: { ticketId: 1 },
  replyTo: "r",
  correlationId: "c",
};
const silent = { name: "", payload: null };

export function inboxConformance(name: string, create: () => Promise<InboxUnderTest>): void {
  describe(`${name} as an inbox`, () => {
    let subject: InboxUnderTest;
    let inbox: Inbox;

    beforeEach(async () => {
      subject = await create();
      inbox = subject.inbox;
    });

    afterEach(async () => {
      await inbox.close();
      await subject.cleanUp?.();
    });

    const command = (messageId: string, more: { key?: string; fingerprint?: string } = {}) => ({
      messageId,
      operation: "kitchen.createTicket",
      key: more.key ?? messageId,
      fingerprint: more.fingerprint ?? "f",
    });
    const undo = (messageId: string, undoes: string) => ({
      messageId,
      operation: "kitchen.cancelTicket",
      key: "order-1",
      fingerprint: "f",
      undoes,
    });

    async function claim(of: Parameters<Inbox["claim"]>[0][number]) {
      const [claimed] = await inbox.claim([of], leaseMs);
      if (!claimed) throw new Error("no verdict");
      return claimed;
    }

    async function claimed(of: Parameters<Inbox["claim"]>[0][number]): Promise<string> {
      const verdict = await claim(of);
      if (verdict.state !== "claimed") throw new Error(`expected a claim, got ${verdict.state}`);
      return verdict.token;
    }

    it("admits one execution at a time", async () => {
      await claimed(command("m"));
      const second = await claim(command("m"));
      expect(second.state).toBe("executing");
      if (second.state === "executing") expect(second.retryInMs).toBeGreaterThan(0);
    });

    it("settles a batch in order, duplicates within it included", async () => {
      const verdicts = await inbox.claim([command("a"), command("b"), command("a")], leaseMs);
      expect(verdicts.map(({ state }) => state)).toEqual(["claimed", "claimed", "executing"]);
    });

    it("answers a duplicate with the recorded reply", async () => {
      const token = await claimed(command("m"));
      expect(await inbox.finish([{ token, reply }])).toEqual(["done"]);
      expect(await claim(command("m"))).toEqual({ state: "done", reply });
    });

    it("recognises the same work under another message id by its key", async () => {
      const token = await claimed(command("m1", { key: "order-1" }));
      expect((await claim(command("m2", { key: "order-1" }))).state).toBe("executing");
      await inbox.finish([{ token, reply }]);
      expect(await claim(command("m3", { key: "order-1" }))).toEqual({ state: "done", reply });
    });

    it("tells keys of different operations apart", async () => {
      await claimed(command("m1", { key: "order-1" }));
      expect((await claim({ ...command("m2", { key: "order-1" }), operation: "other" })).state).toBe("claimed");
    });

    it("knows a key that is the id of its first message, too", async () => {
      const token = await claimed(command("order-1", { key: "order-1" }));
      await inbox.finish([{ token, reply }]);
      expect(await claim(command("m2", { key: "order-1" }))).toEqual({ state: "done", reply });
    });

    it("refuses another payload under the same key", async () => {
      const token = await claimed(command("m1", { key: "order-1", fingerprint: "f1" }));
      await inbox.finish([{ token, reply }]);
      expect((await claim(command("m2", { key: "order-1", fingerprint: "f2" }))).state).toBe("mismatch");
    });

    it("refuses another operation under the same message id", async () => {
      const token = await claimed(command("m1"));
      await inbox.finish([{ token, reply }]);
      expect((await claim({ ...command("m1"), operation: "kitchen.weigh" })).state).toBe("mismatch");
    });

    it("frees a claim that ends without an outcome", async () => {
      const token = await claimed(command("m", { key: "order-1" }));
      expect(await inbox.finish([{ token }])).toEqual(["done"]);
      await claimed(command("m", { key: "order-1" }));
    });

    it("lets somebody else take over when the lease has lapsed, and ignores the first execution", async () => {
      const slow = await claimed(command("m"));
      await subject.pass(leaseMs + 50);
      const fast = await claimed(command("m"));
      expect(await inbox.finish([{ token: slow, reply }])).toEqual(["lost"]);
      expect(await inbox.finish([{ token: fast, reply }])).toEqual(["done"]);
    });

    it("keeps a claim whose lease is renewed", async () => {
      const token = await claimed(command("m"));
      for (let round = 0; round < 3; round += 1) {
        await subject.pass(leaseMs * 0.6);
        await inbox.renew([token], leaseMs);
      }
      expect((await claim(command("m"))).state).toBe("executing");
      expect(await inbox.finish([{ token, reply }])).toEqual(["done"]);
    });

    it("never lets a command execute whose undo came first", async () => {
      const token = await claimed(undo("u", "m"));
      expect((await claim(command("m"))).state).toBe("undone");
      await inbox.finish([{ token, reply: silent }]);
      expect((await claim(command("m"))).state).toBe("undone");
    });

    it("makes an undo wait while its command executes", async () => {
      const token = await claimed(command("m"));
      expect((await claim(undo("u", "m"))).state).toBe("executing");
      await inbox.finish([{ token, reply }]);
      expect((await claim(undo("u", "m"))).state).toBe("claimed");
    });

    it("tells a slow command that it was undone when its lease had lapsed", async () => {
      const slow = await claimed(command("m"));
      await subject.pass(leaseMs + 50);
      const token = await claimed(undo("u", "m"));
      await inbox.finish([{ token, reply: silent }]);
      expect(await inbox.finish([{ token: slow, reply }])).toEqual(["undone"]);
    });

    it("marks a done command as undone, and frees its key", async () => {
      const first = await claimed(command("m1", { key: "order-1" }));
      await inbox.finish([{ token: first, reply }]);
      const token = await claimed(undo("u", "m1"));
      expect(await claim(command("m1", { key: "order-1" }))).toMatchObject({ state: "done" });
      await inbox.finish([{ token, reply: silent }]);
      expect((await claim(command("m1", { key: "order-1" }))).state).toBe("undone");
      expect((await claim(command("m2", { key: "order-1" }))).state).toBe("claimed");
    });

    it("recognises an undo by its message id only", async () => {
      const first = await claimed(undo("u1", "m1"));
      await inbox.finish([{ token: first, reply: silent }]);
      expect(await claim(undo("u1", "m1"))).toEqual({ state: "done", reply: silent });
      expect((await claim(undo("u2", "m1"))).state).toBe("claimed");
      expect((await claim(undo("u3", "m2"))).state).toBe("claimed");
    });

    it("keeps replies until their sending is confirmed", async () => {
      const token = await claimed(command("m1"));
      await inbox.finish([{ token, reply }]);
      const quiet = await claimed(command("m2"));
      await inbox.finish([{ token: quiet, reply: silent }]);
      expect(await inbox.unsent(["kitchen.createTicket"], 60_000, 10)).toEqual([]);
      await subject.pass(20);
      const unsent = await inbox.unsent(["kitchen.createTicket"], 10, 10);
      expect(unsent.map((row) => row.reply)).toEqual([reply]);
      expect(await inbox.unsent(["kitchen.weigh"], 10, 10)).toEqual([]);
      await inbox.sent(unsent.map((row) => row.token));
      expect(await inbox.unsent(["kitchen.createTicket"], 0, 10)).toEqual([]);
    });
  });
}
