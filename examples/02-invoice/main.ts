/** A call whose result comes later, and one of two mails. Run: node --conditions=@sagaspec/source --import tsx examples/02-invoice/main.ts */
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { createClient, createSagaRunner, serve } from "@sagaspec/runtime";
import { createMemorySagaStore, createMemoryTransport } from "@sagaspec/runtime/memory";
import { billing, billingEvents } from "../../generated/billing/index.js";
import { mail, type SendMail } from "../../generated/mail/index.js";
import { sendInvoice } from "./saga.js";

/** What has become of a sale's invoice. */
export interface Invoiced {
  readonly status: string;
  readonly mails: readonly SendMail[];
}

/** Sells something to somebody; an invoice can only be written for whoever has an address. */
export async function main(hasAddress: boolean): Promise<Invoiced> {
  const transport = createMemoryTransport();
  const events = createClient(billingEvents, transport);
  const jobs: Promise<void>[] = [];
  const write = async (jobId: string) => {
    await pause(100);
    await events.jobs({ jobId });
  };
  const writers = await serve(
    billing,
    {
      prepareInvoice({ orderId }) {
        const jobId = `job-${orderId}`;
        jobs.push(write(jobId));
        return { jobId };
      },
      readInvoice: () =>
        hasAddress
          ? { name: "invoice", payload: { number: "2027-0042", link: "https://invoices.example.com/2027-0042" } }
          : { name: "mistake", payload: { reason: "the customer has no address" } },
      dropInvoice: () => {},
    },
    transport,
  );
  const mails: SendMail[] = [];
  const post = await serve(mail, { sendMail: (letter) => void mails.push(letter) }, transport);

  const store = createMemorySagaStore();
  const sagas = createSagaRunner({ service: "sales", sagas: [sendInvoice], store, transport });
  await sagas.start();
  const sale = await sagas.run(sendInvoice, { orderId: 7, customer: "ada@example.com", amount: 120 });
  const { status } = await sale.result({ timeout: "20s" });

  await Promise.all(jobs);
  await sagas.close();
  await Promise.all([writers.close(), post.close()]);
  await transport.close();
  return { status, mails };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.log("with an address:", await main(true));
  console.log("without one:", await main(false));
}
