// Provider 1.0.0. Generated from provider.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Request } from "@sagaspec/runtime/codegen";
import type { AskQuote } from "./messages.js";
import { AskQuoteSchema } from "./schemas.js";

/**
 * Provider: what others ask of it.
 * Answers what requester.yaml asks, with a schema that disagrees.
 */
export interface Provider extends Contract<ProviderClient, ProviderHandlers> {
  /** @see `#/operations/giveQuote` */
  readonly giveQuote: Request<AskQuote, void>;
}

/** `createClient(provider, transport)` */
export interface ProviderClient extends Client<Provider> {}

/** `serve(provider, handlers, transport)` */
export interface ProviderHandlers extends Handlers<Provider> {}

const quotes: Channel = { address: "quotes" };

const askQuote: Message<AskQuote> = { name: "askQuote", payload: AskQuoteSchema };

export const provider: Provider = {
  $contract: { service: "provider", version: "1.0.0" },
  giveQuote: {
    kind: "request",
    id: "provider.giveQuote",
    action: "receive",
    channel: quotes,
    message: askQuote,
    reply: { success: [] },
  },
};
