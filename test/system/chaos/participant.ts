// One worker that serves all three services: participant.mjs <broker> <database>.
import { setTimeout as sleep } from "node:timers/promises";
import { type ServeOptions, serve } from "@sagaspec/runtime";
import { createAmqpTransport } from "@sagaspec/runtime/amqp";
import amqplib from "amqplib";
import pg from "pg";
import { payment, shipping, stock, tooMuch } from "../../support/fixtures/shop.js";
import { inboxWithEffects } from "./effects.js";

const [broker = "", connectionString = ""] = process.argv.slice(2);
const complain = (problem: unknown) => console.error(Date.now(), JSON.stringify(problem));

const pool = new pg.Pool({ connectionString, max: 6 });
const transport = createAmqpTransport({
  amqplib,
  url: broker,
  onProblem: ({ reason }) => complain({ warning: reason }),
});
const inbox = inboxWithEffects(pool);
const options: ServeOptions = { inbox, lease: "1500ms", onProblem: complain };
/** Long enough to be killed in the middle. */
const work = () => sleep(Math.random() * 5);

const servers = [
  await serve(
    stock,
    {
      async reserve({ orderId }) {
        await work();
        return { reservationId: orderId };
      },
      release: work,
    },
    transport,
    options,
  ),
  await serve(
    payment,
    {
      async charge({ orderId, amount }, { fail }) {
        await work();
        if (amount >= tooMuch) throw fail("refused", { reason: "too much" });
        return { receiptId: orderId };
      },
      refund: work,
    },
    transport,
    options,
  ),
  await serve(shipping, { ship: work }, transport, options),
];
process.send?.("ready");
// The parent asks to stop by hanging up: also when it dies.
process.once("disconnect", async () => {
  for (const server of servers) await server.close();
  await transport.close();
  await inbox.close();
  await pool.end();
});
