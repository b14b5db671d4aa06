// One life of an embedded program: four services, one file. Ends by itself, or by SIGKILL at the n-th step of a write.
// node crash-child.mjs <file> <scenario> <kill at, 0 for never>
import { createMemoryTransport } from "../../runtime/src/memory/transport.js";
import { createSagaRunner } from "../../runtime/src/saga/runner/runner.js";
import { serve } from "../../runtime/src/server/serve.js";
import { createSqliteStore } from "../../runtime/src/sqlite/index.js";
import { accounting, consumer, restaurant } from "./contracts.js";
import { createOrder, order } from "./create-order.js";

const [file = "", scenario = "", killAt = "0"] = process.argv.slice(2);
let writes = 0;

/** Dies before and after what is wrapped, when it is its turn. */
function deadly<A extends unknown[], R>(write: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  const step = () => {
    writes += 1;
    if (writes === Number(killAt)) process.kill(process.pid, "SIGKILL");
  };
  return async (...args) => {
    step();
    const result = await write(...args);
    step();
    return result;
  };
}

const sqlite = createSqliteStore({ path: file });
const store = { ...sqlite, commit: deadly(sqlite.commit), transact: deadly(sqlite.transact) };
const { inbox: recorded } = sqlite;
const inbox = {
  ...recorded,
  claim: deadly(recorded.claim.bind(recorded)),
  finish: deadly(recorded.finish.bind(recorded)),
  sent: deadly(recorded.sent.bind(recorded)),
  unsent: recorded.unsent.bind(recorded),
  renew: recorded.renew.bind(recorded),
  close: recorded.close.bind(recorded),
};
const transport = createMemoryTransport();

const nothing = () => {};
const servers = [
  await serve(consumer, { verify: nothing }, transport, { inbox, lease: "300ms" }),
  await serve(
    restaurant,
    { createTicket: () => ({ ticketId: 200 }), approveTicket: nothing, rejectTicket: nothing },
    transport,
    { inbox, lease: "300ms" },
  ),
  await serve(
    accounting,
    {
      authorizeCard(_, { fail }) {
        if (scenario === "refused") throw fail("cardRefused", { reason: "closed" });
        return { transactionId: 100 };
      },
    },
    transport,
    { inbox, lease: "300ms" },
  ),
];
const sagas = createSagaRunner({ service: "order", sagas: [createOrder], store, transport, settleTime: "50ms" });
await sagas.start();
const handle = await sagas.run(createOrder, order, { key: "1" });
const { status } = await handle.result({ timeout: "25s" });
const history = await sqlite.history(handle.id);
await sagas.close();
for (const server of servers) await server.close();
await transport.close();
await sqlite.close();
console.log(
  JSON.stringify({ status, writes, history: history.map(({ kind, step }) => `${kind} ${step ?? ""}`.trim()) }),
);
