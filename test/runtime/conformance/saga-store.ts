import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SagaRow, SagaStore } from "@sagaspec/runtime";
import type { SagaAdmin } from "@sagaspec/runtime/admin";
import { type DefinitionRef, type Effect, effectKey } from "@sagaspec/runtime/store";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { event, newDefinition, newRow, next, record, runEffect, sendEffect, start } from "./saga-fixtures.js";

type Store = SagaStore & SagaAdmin;

/** One kind of store, as the suite opens it. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Another worker on the same sagas; the same object where the store belongs to one process. */
  readonly other: Store;
  /** Whether {@link SagaStore.transact} takes an asynchronous function. */
  readonly transactsAsync: boolean;
  close(): Promise<void>;
}

/** What every saga store promises. */
export function sagaStoreSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} saga store`, () => {
    let under: StoreUnderTest;
    let store: Store;
    let definition: DefinitionRef;

    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(() => under.close());
    beforeEach(() => {
      definition = newDefinition();
    });

    const started = async (over: Partial<SagaRow> = {}, more: Partial<Parameters<typeof start>[1]> = {}) => {
      const row = newRow(definition, over);
      expect(await store.commit([start(row, more)])).toEqual(["done"]);
      return row;
    };
    const fresh = async (id: string) => (await store.load([{ id }]))[0]?.[0];
    const unsent = async (olderThanMs = 0, by = store) => (await by.pending([definition], 1_000, olderThanMs)).unsent;

    describe("a transition", () => {
      it("inserts a saga and gives it back as it was", async () => {
        const row = newRow(definition, { key: randomUUID(), parent: randomUUID(), dueAt: Date.now() + 60_000 });
        expect(await store.commit([start(row)])).toEqual(["done"]);
        expect(await fresh(row.id)).toEqual(row);
        expect(await store.get(row.id)).toEqual(row);
      });

      it("keeps the state exactly, whatever text is in it", async () => {
        const state = { text: "čaj 🍕 \u0000 ' \" \\ \u2028", nested: [[], {}, null, true, 1.5, -0.25, 1e21] };
        const row = await started({ state });
        expect((await fresh(row.id))?.state).toEqual(state);
      });

      it("applies the next revision, and forgets a timer that is gone", async () => {
        const row = await started({ dueAt: Date.now() + 60_000 });
        const { dueAt: _, ...rest } = row;
        const change = next(rest, { status: "completed", cursor: [], state: { done: true } });
        expect(await store.commit([change])).toEqual(["done"]);
        expect(await fresh(row.id)).toEqual(change.row);
      });

      it("refuses a revision that somebody else has used", async () => {
        const row = await started();
        expect(await store.commit([next(row, { state: 1 })])).toEqual(["done"]);
        expect(await store.commit([next(row, { state: 2 })])).toEqual(["conflict"]);
        expect((await fresh(row.id))?.state).toBe(1);
      });

      it("refuses a saga that is there already, and one that is not there", async () => {
        const row = await started();
        expect(await store.commit([start({ ...row, token: randomUUID() })])).toEqual(["conflict"]);
        expect(await store.commit([next(newRow(definition))])).toEqual(["conflict"]);
      });

      it("refuses a second saga with the same business key, of the same type only", async () => {
        const key = randomUUID();
        const row = await started({ key });
        expect(await store.commit([start(newRow(definition, { key }))])).toEqual(["conflict"]);
        expect(await store.commit([start(newRow(newDefinition(), { key }))])).toEqual(["done"]);
        expect(await store.load([{ type: definition.type, businessKey: key }])).toEqual([[row]]);
      });

      it("recognises a commit whose answer was lost by its token, and does it once", async () => {
        const row = newRow(definition);
        const first = start(row, { open: [sendEffect(row)] });
        expect(await store.commit([first])).toEqual(["done"]);
        expect(await store.commit([], { confirmed: [effectKey(sendEffect(row))] })).toEqual([]);
        expect(await store.commit([first])).toEqual(["done"]);
        expect(await unsent()).toEqual([]);
        expect(await store.history(row.id)).toEqual(first.records);
        const second = next(row);
        expect(await store.commit([second])).toEqual(["done"]);
        expect(await store.commit([second])).toEqual(["done"]);
        expect(await store.history(row.id)).toHaveLength(2);
      });

      it("writes nothing of a transition that conflicts", async () => {
        const row = await started({}, { keys: [{ channel: definition.type, key: "1", on: true }] });
        await store.commit([next(row)]);
        const late = next(
          row,
          {},
          {
            records: [record(row, 9, "late")],
            open: [sendEffect(row)],
            keys: [{ channel: definition.type, key: "1", on: false }],
          },
        );
        expect(await store.commit([late])).toEqual(["conflict"]);
        expect((await store.history(row.id)).map(({ seq }) => seq)).toEqual([1, 2]);
        expect(await unsent()).toEqual([]);
        expect((await store.load([{ channel: definition.type, key: "1" }]))[0]).toHaveLength(1);
      });

      it("keeps the history in order", async () => {
        let row = await started();
        for (let turn = 0; turn < 12; turn++) {
          const change = next(row);
          await store.commit([change]);
          row = change.row;
        }
        expect((await store.history(row.id)).map(({ seq }) => seq)).toEqual([
          1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
        ]);
        expect((await store.history(row.id))[0]).toEqual(record(row, 1, "started"));
      });
    });

    describe("a batch", () => {
      it("gives one verdict for each of 256 sagas, in order", async () => {
        const rows = Array.from({ length: 256 }, () => newRow(definition));
        const opened = rows.map((row) => start(row, { open: [sendEffect(row)] }));
        expect(await store.commit(opened)).toEqual(rows.map(() => "done"));
        const turns = rows.map((row, index) => next(index % 3 === 0 ? { ...row, revision: 7 } : row));
        const verdicts = await store.commit(turns);
        expect(verdicts).toEqual(rows.map((_, index) => (index % 3 === 0 ? "conflict" : "done")));
      });

      it("commits 255 when one of 256 cannot be stored, and says which", async () => {
        const rows = Array.from({ length: 256 }, () => newRow(definition));
        const batch = rows.map((row, index) =>
          index === 100 ? start({ ...row, state: "x".repeat(1_100_000) }) : start(row),
        );
        const verdicts = await store.commit(batch);
        expect(verdicts.filter((verdict) => verdict === "done")).toHaveLength(255);
        expect(verdicts[100]).toMatchObject({ code: "invalid-usage" });
        expect(await fresh(rows[100]?.id ?? "")).toBeUndefined();
      });

      it("lets one of two sagas with the same business key in", async () => {
        const key = randomUUID();
        const verdicts = await store.commit([start(newRow(definition, { key })), start(newRow(definition, { key }))]);
        expect([...verdicts].sort()).toEqual(["conflict", "done"]);
      });

      it("lets one of two transitions from the same revision in", async () => {
        const row = await started();
        const verdicts = await store.commit([next(row, { state: 1 }), next(row, { state: 2 })]);
        expect([...verdicts].sort()).toEqual(["conflict", "done"]);
        expect((await fresh(row.id))?.revision).toBe(2);
      });
    });

    describe("two workers", () => {
      it("race for a revision: exactly one wins", async () => {
        const rows = await Promise.all(Array.from({ length: 50 }, () => started()));
        const bids = [store, under.other].map((by) =>
          Promise.all(rows.map(async (row) => (await by.commit([next(row)]))[0])),
        );
        const [one = [], two = []] = await Promise.all(bids);
        expect(rows.map((_, index) => [one[index], two[index]].sort())).toEqual(rows.map(() => ["conflict", "done"]));
      });

      it("commit adverse batches of the same sagas without getting stuck", async () => {
        let rows = await Promise.all(Array.from({ length: 40 }, () => started()));
        for (let turn = 0; turn < 10; turn++) {
          const forth = rows.map((row) => next(row));
          const back = rows.map((row) => next(row)).reverse();
          const [a, b] = await Promise.all([store.commit(forth), under.other.commit(back)]);
          const winners = rows.map((_, index) => [a[index], [...b].reverse()[index]]);
          expect(winners.map((pair) => pair.filter((verdict) => verdict === "done").length)).toEqual(rows.map(() => 1));
          rows = (await store.load(rows.map(({ id }) => ({ id })))).map(([row]) => row as SagaRow);
        }
      });

      it("keep every one of many concurrent commits", async () => {
        const workers = [store, under.other];
        const rows = Array.from({ length: 300 }, () => newRow(definition));
        const verdicts = await Promise.all(rows.map((row, index) => workers[index % 2]?.commit([start(row)])));
        expect(verdicts.flat()).toEqual(rows.map(() => "done"));
        expect(await store.load(rows.map(({ id }) => ({ id })))).toEqual(rows.map((row) => [row]));
      });
    });

    describe("loading", () => {
      it("answers in the order it was asked, with nothing for what is not there", async () => {
        const [a, b] = [await started(), await started({ key: definition.type })];
        const found = await store.load([
          { id: b.id },
          { id: randomUUID() },
          { type: definition.type, businessKey: definition.type },
          { channel: definition.type, key: "none" },
          { id: a.id },
        ]);
        expect(found).toEqual([[b], [], [b], [], [a]]);
        expect(await store.load([])).toEqual([]);
      });

      it("finds every saga that has registered a key, until it gives it up", async () => {
        const key = { channel: definition.type, key: "order-1" };
        const a = await started({}, { keys: [{ ...key, on: true }] });
        const b = await started({}, { keys: [{ ...key, on: true }] });
        const ids = async () => (await store.load([key]))[0]?.map(({ id }) => id);
        expect(await ids()).toEqual([a.id, b.id].sort());
        await store.commit([next(a, {}, { keys: [{ ...key, on: false }] })]);
        expect(await ids()).toEqual([b.id]);
      });
    });

    describe("effects", () => {
      it("stay until they are closed by a transition or confirmed", async () => {
        const row = newRow(definition);
        const closed = [sendEffect(row, 1, "a"), sendEffect(row, 1, "rooms/0/a")];
        const confirmed = [sendEffect(row, 1, "b"), sendEffect(row, 1, "rooms/0/b")];
        await store.commit([start(row, { open: [...closed, ...confirmed] })]);
        const found = await unsent();
        expect(new Set(found.map(({ effect }) => effect))).toEqual(new Set([...closed, ...confirmed]));
        expect(found.every(({ sagaId }) => sagaId === row.id)).toBe(true);
        await store.commit([next(row, {}, { closed: closed.map(effectKey) })]);
        expect(new Set((await unsent()).map(({ effect }) => effect))).toEqual(new Set(confirmed));
        await store.commit([], { confirmed: confirmed.map(effectKey) });
        expect(await unsent()).toEqual([]);
      });

      it("are replaced when they are opened again", async () => {
        const row = await started({}, {});
        const effect = sendEffect(row);
        const again = { ...effect, expiresAt: 5 };
        await store.commit([next(row, {}, { open: [effect] })]);
        await store.commit([next({ ...row, revision: 2 }, {}, { open: [again] })]);
        expect((await unsent()).map((one) => one.effect)).toEqual([again]);
      });

      it("are handed out once for each stretch of time, to one worker", async () => {
        const rows = await Promise.all(Array.from({ length: 20 }, () => started()));
        await store.commit(rows.map((row) => next(row, {}, { open: [sendEffect(row)] })));
        expect(await unsent(60_000)).toEqual([]);
        // Long enough for a busy machine to ask twice in it.
        const stretchMs = 1_500;
        await sleep(stretchMs + 20);
        const taken = await Promise.all([unsent(stretchMs), unsent(stretchMs, under.other)]);
        const ids = taken.flat().map(({ sagaId }) => sagaId);
        expect([...ids].sort()).toEqual(rows.map(({ id }) => id).sort());
        expect(await unsent(stretchMs)).toEqual([]);
      });

      it("are handed out the oldest first, and no more than the limit", async () => {
        const rows = await Promise.all(Array.from({ length: 3 }, () => started()));
        for (const row of rows) {
          await store.commit([next(row, {}, { open: [sendEffect(row)] })]);
          await sleep(5);
        }
        const order: string[] = [];
        for (let turn = 0; turn < 4; turn++) {
          const { unsent } = await store.pending([definition], 1, 0);
          expect(unsent).toHaveLength(1);
          order.push(...unsent.map(({ sagaId }) => sagaId));
          await sleep(5);
        }
        expect(order).toEqual([...rows, rows[0]].map((row) => row?.id));
      });

      it("are handed out although their saga goes on", async () => {
        let row = await started();
        const lost = sendEffect(row, 1, "lost");
        let other = sendEffect(row, 1, "other");
        const stretchMs = 1_200;
        const step = async (over: Parameters<typeof next>[2]) => {
          const commit = next(row, { updatedAt: Date.now() }, over);
          expect(await store.commit([commit])).toEqual(["done"]);
          ({ row } = commit);
        };
        await step({ open: [lost, other] });
        for (let attempt = 2; attempt < 6; attempt++) {
          await sleep(stretchMs / 4 + 5);
          const closed = [effectKey(other)];
          other = sendEffect(row, attempt, "other");
          await step({ closed, open: [other] });
        }
        expect((await unsent(stretchMs)).map(({ effect }) => effect)).toEqual([lost]);
      });

      it("are handed out and confirmed while their saga goes on, and hold up none of its transitions", async () => {
        let row = await started();
        let open: Effect | undefined;
        for (let attempt = 1; attempt <= 50; attempt++) {
          const effect = sendEffect(row, attempt);
          const commit = next(row, {}, { open: [effect] });
          const [verdicts] = await Promise.all([
            store.commit([commit]),
            store.commit([], { confirmed: open ? [effectKey(open)] : [] }),
            unsent(0, under.other),
          ]);
          expect(verdicts).toEqual(["done"]);
          open = effect;
          ({ row } = commit);
        }
        expect((await unsent()).map(({ effect }) => effect)).toEqual([open]);
      });

      it("of a run are left alone while its lease holds, and while it is renewed", async () => {
        const row = newRow(definition);
        const run = runEffect(row, Date.now() + 60_000);
        await store.commit([start(row, { open: [run] })]);
        expect(await unsent()).toEqual([]);
        const lease = async (until: number) => {
          await store.commit([], { leases: { effects: [effectKey(run), "gone#1"], until } });
        };
        await lease(Date.now() - 1);
        expect((await unsent()).map(({ effect }) => effect)).toEqual([run]);
        await lease(Date.now() + 60_000);
        expect(await unsent()).toEqual([]);
      });

      it("that somebody has left are for the next worker that has the definition, once", async () => {
        const row = newRow(definition);
        const older = sendEffect(row, 1, "older");
        await store.commit([start(row, { open: [older] })]);
        const message = { id: "r1", type: "done", body: "", contentType: "", headers: {}, sentAt: 1 };
        const effect = { type: "reply", id: `${row.id}/~reply/r1`, attempt: 1, message } as const;
        await store.commit([], { left: [{ sagaId: row.id, effect }] });
        expect((await store.pending([newDefinition()], 100, 60_000)).unsent).toEqual([]);
        expect(await unsent(60_000)).toEqual([{ sagaId: row.id, effect }]);
        expect(await unsent(60_000)).toEqual([]);
        await store.commit([], { confirmed: [effectKey(effect)] });
        expect((await unsent()).map((one) => one.effect)).toEqual([older]);
      });

      it("that are handed over are for the next worker that has the definition, once, and whoever listens is told", async () => {
        const heard: string[] = [];
        const problems: unknown[] = [];
        const { listen } = under.other;
        const stop = listen?.call(
          under.other,
          (ids) => heard.push(...ids),
          (error) => problems.push(error),
        );
        const row = newRow(definition);
        const run = runEffect(row, 0);
        const [one, other] = [sendEffect(row), sendEffect(row, 1, "later")];
        const handOver = [{ sagaId: row.id, keys: [one, run].map(effectKey) }];
        expect(await store.commit([start(row, { open: [one, run, other] })], { handOver })).toEqual(["done"]);
        expect((await unsent(60_000)).map(({ effect }) => effect)).toEqual(expect.arrayContaining([one, run]));
        expect(await unsent(60_000)).toEqual([]);
        expect((await unsent()).map(({ effect }) => effect)).toContainEqual(other);
        if (!stop) return;
        for (let tries = 0; !heard.includes(row.id) && tries < 400; tries++) {
          await sleep(50);
          // The first may come before anybody listens.
          await store.commit([], { handOver: [{ sagaId: row.id, keys: [] }] });
        }
        await stop();
        expect(heard).toContain(row.id);
        expect(problems).toEqual([]);
      });

      it("of a paused saga, or of a definition that is not mine, are withheld", async () => {
        const row = newRow(definition, { paused: true });
        await store.commit([start(row, { open: [sendEffect(row)] })]);
        expect(await unsent()).toEqual([]);
        await store.commit([next(row, { paused: false })]);
        expect((await store.pending([newDefinition()], 100, 0)).unsent).toEqual([]);
        expect((await store.pending([{ ...definition, hash: "b2" }], 100, 0)).unsent).toEqual([]);
        expect((await store.pending([{ ...definition, version: 2 }], 100, 0)).unsent).toEqual([]);
        expect(await unsent()).toHaveLength(1);
      });
    });

    describe("timers", () => {
      it("are due by the store's clock, the earliest first", async () => {
        const { now } = await store.pending([definition], 1, 3_000);
        expect(Math.abs(now - Date.now())).toBeLessThan(5_000);
        const late = await started({ dueAt: now - 10 });
        const later = await started({ dueAt: now - 20 });
        await started({ dueAt: now + 60_000 });
        await started();
        const found = await store.pending([definition], 10, 3_000);
        expect(found.due).toEqual([later, late]);
        const one = await store.pending([definition], 1, 3_000);
        expect(one.due).toEqual([later]);
      });

      it("of paused sagas and of other definitions do not fire", async () => {
        await started({ dueAt: 1, paused: true });
        const found = await store.pending([definition], 10, 3_000);
        expect(found.due).toEqual([]);
        await started({ dueAt: 1 });
        expect((await store.pending([newDefinition()], 10, 3_000)).due).toEqual([]);
        expect((await store.pending([newDefinition(), definition], 10, 3_000)).due).toHaveLength(1);
        expect((await store.pending([], 10, 3_000)).due).toEqual([]);
      });
    });

    describe("events", () => {
      const offered = async (olderThanMs = 3_000, by = store) =>
        (await by.pending([definition], 1_000, olderThanMs)).events;

      it("wait for the saga that asks for them", async () => {
        const stored = event(definition.type, "o1");
        await store.commit([], { events: [stored] });
        expect(await offered()).toEqual([]);
        await started({}, { keys: [{ channel: definition.type, key: "o1", on: true }] });
        expect(await offered()).toEqual([stored]);
      });

      it("are found by the key that was there before", async () => {
        await started({}, { keys: [{ channel: definition.type, key: "o2", on: true }] });
        const stored = event(definition.type, "o2");
        await store.commit([], { events: [stored] });
        expect(await offered()).toEqual([stored]);
      });

      it("are stored once for each message id", async () => {
        const stored = event(definition.type, "o3");
        await store.commit([], { events: [stored] });
        await store.commit([], { events: [stored, { ...stored, payload: "other" }] });
        await started({}, { keys: [{ channel: definition.type, key: "o3", on: true }] });
        expect(await offered(0)).toEqual([stored]);
      });

      it("are offered again after a crash, at once to a saga that asks later, the oldest first", async () => {
        const key = { channel: definition.type, key: "o4", on: true };
        const [older, newer] = [event(definition.type, "o4", 1_000), event(definition.type, "o4", 2_000)];
        await store.commit([], { events: [newer, older] });
        await started({}, { keys: [key] });
        await sleep(20);
        expect(await offered()).toEqual([older, newer]);
        await sleep(20);
        expect(await offered()).toEqual([]);
        await sleep(60);
        expect(await offered(10)).toEqual([older, newer]);
        await sleep(20);
        await started({}, { keys: [key] });
        expect(await offered()).toEqual([older, newer]);
      });

      it("are offered ever more rarely, and do not keep one from being offered for the first time", async () => {
        await started({}, { keys: [{ channel: definition.type, key: "o8", on: true }] });
        const [had, fresh] = [event(definition.type, "o8", 1_000), event(definition.type, "o8", 2_000)];
        await store.commit([], { events: [had] });
        // As long as it has waited until now it waits again: long enough for a busy machine to ask in between.
        await sleep(1_500);
        expect(await offered(20)).toEqual([had]);
        await sleep(50);
        expect(await offered(20)).toEqual([]);
        await sleep(1_700);
        await store.commit([], { events: [fresh] });
        const { events } = await store.pending([definition], 1, 20);
        expect(events).toEqual([fresh]);
        expect(await offered(20)).toEqual([had]);
        expect(await offered(0)).toEqual([had, fresh]);
      });

      it("meet their key whichever of two workers commits first", async () => {
        const keys = Array.from({ length: 40 }, (_, index) => `meet-${index}`);
        const found = new Set<string>();
        await Promise.all(
          keys.flatMap((key) => [
            (async () => {
              await store.commit([
                start(newRow(definition, {}), { keys: [{ channel: definition.type, key, on: true }] }),
              ]);
              for (const one of await offered(0)) found.add(one.key);
            })(),
            (async () => {
              await under.other.commit([], { events: [event(definition.type, key)] });
              const rows = await under.other.load([{ channel: definition.type, key }]);
              if (rows[0]?.length) found.add(key);
            })(),
          ]),
        );
        expect([...found].sort()).toEqual([...keys].sort());
      });

      it("are read by key, the oldest first, each once", async () => {
        const [older, newer] = [event(definition.type, "o5", 1_000), event(definition.type, "o5", 2_000)];
        const [other, unasked] = [event(definition.type, "o6", 1_500), event(definition.type, "o7", 1_700)];
        await store.commit([], { events: [newer, other, older, unasked] });
        const keys = ["o5", "o6", "o5", "nothing"].map((key) => ({ channel: definition.type, key }));
        const found = await store.events(keys.slice(0, 2));
        expect(found).toEqual([older, other, newer]);
        expect(await store.events(keys)).toEqual([older, other, newer]);
        expect(await store.events([])).toEqual([]);
      });

      it("that nobody asks for are dropped by age and by number", async () => {
        const channel = definition.type;
        const asked = event(channel, "asked", 1);
        const early = Array.from({ length: 5 }, (_, index) => event(channel, `early-${index}`, 1_000 + index));
        await store.commit([], { events: [asked, ...early] });
        await started({}, { keys: [{ channel, key: "asked", on: true }] });
        expect(await store.dropEvents(1_001, 3)).toBeGreaterThanOrEqual(2);
        for (const { key } of early) await started({}, { keys: [{ channel, key, on: true }] });
        expect(await offered()).toEqual([asked, ...early.slice(2)]);
      });
    });

    describe("a transition decided inside the transaction", () => {
      it("commits what the work returns", async () => {
        const row = await started();
        const change = next(row, { state: "inside" }, { open: [sendEffect(row)] });
        expect(await store.transact({ id: row.id, expected: 1 }, () => change)).toBe("done");
        expect(await fresh(row.id)).toEqual(change.row);
        expect(await unsent()).toHaveLength(1);
      });

      it("does not run the work when somebody was faster", async () => {
        const row = await started();
        await store.commit([next(row)]);
        let ran = false;
        const work = () => {
          ran = true;
          return next(row);
        };
        expect(await store.transact({ id: row.id, expected: 1 }, work)).toBe("conflict");
        expect(ran).toBe(false);
      });

      it("leaves nothing behind when the work throws", async () => {
        const row = await started();
        const failing = store.transact({ id: row.id, expected: 1 }, () => {
          throw new Error("the till is closed");
        });
        await expect(failing).rejects.toThrow("the till is closed");
        expect(await fresh(row.id)).toEqual(row);
        expect(await store.commit([next(row)])).toEqual(["done"]);
      });

      it("fences everybody else while it runs, and refuses a promise where the connection is shared", async () => {
        const row = await started();
        if (!under.transactsAsync) {
          const promised = store.transact({ id: row.id, expected: 1 }, async () => next(row));
          await expect(promised).rejects.toMatchObject({ code: "invalid-usage" });
          expect(await fresh(row.id)).toEqual(row);
          return;
        }
        let other: Promise<unknown> | undefined;
        const mine = store.transact({ id: row.id, expected: 1 }, async () => {
          other = under.other.commit([next(row, { state: "theirs" })]);
          await sleep(50);
          return next(row, { state: "mine" });
        });
        expect(await mine).toBe("done");
        expect(await other).toEqual(["conflict"]);
        expect((await fresh(row.id))?.state).toBe("mine");
      });
    });

    describe("administration", () => {
      it("lists the youngest first, page by page", async () => {
        const rows = await Promise.all(Array.from({ length: 7 }, () => started()));
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await store.list({ type: definition.type, limit: 3, ...(after && { after }) });
          expect(page.sagas.length).toBeLessThanOrEqual(3);
          seen.push(...page.sagas.map(({ id }) => id));
          after = page.next;
        } while (after);
        expect(seen).toEqual(
          rows
            .map(({ id }) => id)
            .sort()
            .reverse(),
        );
      });

      it("lists the oldest first where asked to, page by page, also those of one moment", async () => {
        const startedAt = [1_000, 3_000, 3_000, 3_000, 2_000];
        const rows = await Promise.all(startedAt.map((at) => started({ startedAt: at, status: "needs-attention" })));
        const ids = async (order: "newest" | "oldest") => {
          const seen: string[] = [];
          let after: string | undefined;
          do {
            const filter = { type: definition.type, status: "needs-attention", order, limit: 2 } as const;
            const page = await store.list({ ...filter, ...(after && { after }) });
            seen.push(...page.sagas.map(({ id }) => id));
            after = page.next;
          } while (after);
          return seen;
        };
        const sorted = [...rows]
          .sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
          .map(({ id }) => id);
        expect(await ids("oldest")).toEqual(sorted);
        expect(await ids("newest")).toEqual(sorted.reverse());
      });

      it("filters by status, step, business key and time", async () => {
        const { type } = definition;
        const a = await started({ key: "k1", startedAt: 1_000, cursor: ["ticket", "payment"] });
        const b = await started({ status: "completed", startedAt: 2_000, cursor: [] });
        const ids = async (filter: Parameters<SagaAdmin["list"]>[0]) =>
          (await store.list({ type, ...filter })).sagas.map(({ id }) => id);
        expect(await ids({ status: "completed" })).toEqual([b.id]);
        expect(await ids({ step: "payment" })).toEqual([a.id]);
        expect(await ids({ step: "pay" })).toEqual([]);
        expect(await ids({ key: "k1" })).toEqual([a.id]);
        expect(await ids({ startedAfter: 2_000 })).toEqual([b.id]);
        expect(await ids({ startedBefore: 2_000 })).toEqual([a.id]);
        expect(await ids({ status: "running", key: "k2" })).toEqual([]);
      });

      it("leaves a tombstone of finished sagas, never of one that needs attention", async () => {
        const [done, stuck, early, late] = [
          newRow(definition, { status: "completed", updatedAt: 21_000, key: "t", cursor: [] }),
          newRow(definition, { status: "needs-attention", updatedAt: 21_000 }),
          newRow(definition, { status: "cancelled", updatedAt: 19_999 }),
          newRow(definition, { status: "cancelled", updatedAt: 30_000 }),
        ];
        const rows = [done, stuck, early, late];
        await store.commit(rows.map((row) => start(row)));
        const finished = { after: 20_000, before: 30_000 };
        expect(await store.shrink(finished, 1_000)).toBe(1);
        expect(await store.shrink(finished, 1_000)).toBe(0);
        const tombstone = { ...done, state: null };
        expect(await store.load(rows.map(({ id }) => ({ id })))).toEqual([[tombstone], [stuck], [early], [late]]);
        expect(await store.load([{ type: definition.type, businessKey: "t" }])).toEqual([[tombstone]]);
        expect(await store.history(done.id)).toHaveLength(1);
        expect(await store.commit([start(newRow(definition, { key: "t" }))])).toEqual(["conflict"]);
        expect(await store.shrink({ after: 0, before: 40_000 }, 1)).toBe(1);
      });

      it("leaves children whole as long as their parent is, and shrinks and purges them after it", async () => {
        const parent = newRow(definition, { status: "running", updatedAt: 1_000 });
        const child = newRow(definition, { status: "completed", updatedAt: 1_000, parent: parent.id });
        const grandchild = newRow(definition, { status: "completed", updatedAt: 1_000, parent: child.id });
        const late = newRow(definition, { status: "completed", updatedAt: 8_000, parent: parent.id });
        await store.commit([parent, child, grandchild, late].map((row) => start(row)));
        expect(await store.shrink({ after: 0, before: 5_000 }, 1_000)).toBe(0);
        expect(await store.purge(5_000, 1_000)).toBe(0);
        const ended = { ...parent, status: "completed" as const, revision: 2, token: randomUUID(), updatedAt: 6_000 };
        await store.commit([{ ...start(ended), expected: 1, records: [] }]);
        expect(await store.shrink({ after: 5_000, before: 7_000 }, 1_000)).toBe(3);
        expect((await store.get(grandchild.id))?.state).toBeNull();
        expect(await store.purge(7_000, 1_000)).toBe(3);
        const ids = [parent, child, grandchild, late].map(({ id }) => ({ id }));
        expect(await store.load(ids)).toEqual([[], [], [], [late]]);
        expect(await store.shrink({ after: 7_000, before: 9_000 }, 1_000)).toBe(1);
        expect(await store.purge(9_000, 1_000)).toBe(1);
      });

      it("lists the children of a saga", async () => {
        const parent = await started();
        const child = await started({ parent: parent.id });
        expect((await store.list({ parent: parent.id })).sagas.map(({ id }) => id)).toEqual([child.id]);
      });

      it("purges finished sagas with all that is theirs, never one that needs attention", async () => {
        const key = { channel: definition.type, key: "p", on: true };
        const [done, stuck, young] = [
          newRow(definition, { status: "cancelled", updatedAt: 1_000, key: "b" }),
          newRow(definition, { status: "needs-attention", updatedAt: 1_000 }),
          newRow(definition, { status: "completed", updatedAt: 10_000 }),
        ];
        await store.commit([start(done, { keys: [key], open: [sendEffect(done)] }), start(stuck), start(young)]);
        expect(await store.purge(5_000, 1_000)).toBe(1);
        expect(await store.load([{ id: done.id }, { id: stuck.id }, { id: young.id }])).toEqual([[], [stuck], [young]]);
        expect(await store.history(done.id)).toEqual([]);
        expect(await store.load([key, { type: definition.type, businessKey: "b" }])).toEqual([[], []]);
        expect(await unsent()).toEqual([]);
        expect(await store.commit([start(newRow(definition, { key: "b" }))])).toEqual(["done"]);
      });
    });

    it("has a name for its queues, the same for every worker", () => {
      expect(store.name).toMatch(/^[a-z0-9_-]+$/);
      expect(under.other.name).toBe(store.name);
    });
  });
}
