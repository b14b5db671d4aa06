// The services of the example, as small as they can be: handlers that answer over the transport, without a framework.

import type { Incoming, Transport } from "@sagaspec/runtime";
import type { Json } from "@sagaspec/runtime/codegen";

/** What a participant does with a command: answers, refuses, or stays silent. */
export type Answer = { readonly ok: Json } | { readonly refuse: string } | { readonly silence: true };

export interface Participant {
  /** Every command in the order of its arrival. */
  readonly commands: { readonly name: string; readonly payload: Json; readonly message: Incoming }[];
  answer(message: Incoming, name: string, payload: Json): Promise<void>;
}

const utf8 = new TextDecoder();

/** Serves the commands of a service. `handle` is asked for each of them. */
export async function participant(
  transport: Transport,
  service: string,
  handle: (name: string, payload: Json, message: Incoming) => Answer | Promise<Answer>,
): Promise<Participant> {
  const commands: Participant["commands"] = [];
  const answer = async (message: Incoming, name: string, payload: Json) => {
    if (message.replyTo === undefined) return;
    const body = payload === null ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(payload));
    await transport.send([
      {
        id: `${message.id}-reply-${commands.length}`,
        type: name,
        body,
        contentType: "application/json",
        headers: {},
        ...(message.correlationId !== undefined && { correlationId: message.correlationId }),
        sentAt: Date.now(),
        to: { reply: message.replyTo },
      },
    ]);
  };
  const respond = async (message: Incoming, payload: Json) => {
    const how = await handle(message.type, payload, message);
    if ("ok" in how) await answer(message, replyNames[message.type] ?? "done", how.ok);
    if ("refuse" in how) await answer(message, how.refuse, { reason: "closed" });
    message.settle("ack");
  };
  const source = { address: `${service}.commands`, service, action: "receive", group: service, durable: true } as const;
  await transport.subscribe(source, { prefetch: 512 }, (batch) => {
    for (const message of batch) {
      const payload: Json = JSON.parse(utf8.decode(message.body));
      commands.push({ name: message.type, payload, message });
      void respond(message, payload);
    }
  });
  return { commands, answer };
}

const replyNames: { readonly [command: string]: string } = {
  createTicket: "ticketCreated",
  authorizeCard: "cardAuthorized",
};
