import { createMemoryInbox } from "@sagaspec/runtime/memory";
import { expect, it } from "vitest";
import { inboxConformance, movableClock } from "./inbox.js";

inboxConformance("memory", async () => {
  const clock = movableClock();
  return { inbox: createMemoryInbox({ clock }), pass: async (ms) => clock.move(ms) };
});

it("forgets the oldest finished command first, and none that is being executed", async () => {
  const inbox = createMemoryInbox({ capacity: 2 });
  const command = (messageId: string) => ({ messageId, operation: "o", key: messageId, fingerprint: "" });
  const [open, done] = await inbox.claim([command("open"), command("done")], 60_000);
  if (done?.state !== "claimed" || open?.state !== "claimed") throw new Error("not claimed");
  await inbox.finish([{ token: done.token, reply: { name: "", payload: null } }]);
  await inbox.claim([command("new")], 60_000);
  const states = await inbox.claim([command("open"), command("done")], 60_000);
  expect(states.map(({ state }) => state)).toEqual(["executing", "claimed"]);
});
