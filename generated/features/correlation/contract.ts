// Correlation 1.0.0. Generated from correlation.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, None, Request } from "@sagaspec/runtime/codegen";
import type { AskQuote, AskQuoteHeaders, Quoted, QuotedHeaders, Weigh, Weighed } from "./messages.js";
import {
  AskQuoteHeadersSchema,
  AskQuoteSchema,
  QuotedHeadersSchema,
  QuotedSchema,
  WeighSchema,
  WeighedSchema,
} from "./schemas.js";

/**
 * Correlation: what others ask of it.
 * Correlation ids and reply addresses in headers and payloads, in the form that their schema asks for.
 */
export interface Correlation extends Contract<CorrelationClient, CorrelationHandlers> {
  /** @see `#/operations/askQuote` */
  readonly askQuote: Request<AskQuote, Quoted, None, None, AskQuoteHeaders, "header#/request" | "header#/replyTo">;

  /** @see `#/operations/weigh` */
  readonly weigh: Request<Weigh, Weighed, None, None, None, "payload#/number" | "payload#/answerTo">;
}

/** `createClient(correlation, transport)` */
export interface CorrelationClient extends Client<Correlation> {}

/** `serve(correlation, handlers, transport)` */
export interface CorrelationHandlers extends Handlers<Correlation> {}

const quotes: Channel = { address: "quotes" };
const weights: Channel = { address: "weights" };

const askQuote: Message<AskQuote, AskQuoteHeaders> = {
  name: "askQuote",
  payload: AskQuoteSchema,
  headers: AskQuoteHeadersSchema,
  correlationId: "$message.header#/request",
};
const quoted: Message<Quoted, QuotedHeaders> = {
  name: "quoted",
  payload: QuotedSchema,
  headers: QuotedHeadersSchema,
  correlationId: "$message.header#/request",
};
const weigh: Message<Weigh> = { name: "weigh", payload: WeighSchema, correlationId: "$message.payload#/number" };
const weighed: Message<Weighed> = {
  name: "weighed",
  payload: WeighedSchema,
  correlationId: "$message.payload#/number",
};

export const correlation: Correlation = {
  $contract: { service: "correlation", version: "1.0.0" },
  askQuote: {
    kind: "request",
    id: "correlation.askQuote",
    action: "receive",
    channel: quotes,
    message: askQuote,
    reply: { address: "$message.header#/replyTo", success: [quoted] },
  },
  weigh: {
    kind: "request",
    id: "correlation.weigh",
    action: "receive",
    channel: weights,
    message: weigh,
    reply: { address: "$message.payload#/answerTo", success: [weighed] },
  },
};
