// Payloads 1.0.0. Generated from payloads.yaml by sagaspec; do not edit.
import type { Channel, Client, Contract, Handlers, Message, Send } from "@sagaspec/runtime/codegen";
import type { Anything, List, Word } from "./messages.js";
import { AnythingSchema, ListSchema, WordSchema } from "./schemas.js";

/**
 * Payloads: what others ask of it.
 * None, null, primitive, anything, text and bytes.
 */
export interface Payloads extends Contract<PayloadsClient, PayloadsHandlers> {
  /** @see `#/operations/onAny` */
  readonly onAny: {
    readonly nothing: Send<void>;
    readonly nullBody: Send<void>;
    readonly word: Send<Word>;
    readonly anything: Send<Anything>;
    readonly list: Send<List>;
    readonly text: Send<string>;
    readonly bytes: Send<Uint8Array>;
  };
}

/** `createClient(payloads, transport)` */
export interface PayloadsClient extends Client<Payloads> {}

/** `serve(payloads, handlers, transport)` */
export interface PayloadsHandlers extends Handlers<Payloads> {}

const all: Channel = { address: "all" };

const nothing: Message<void> = { name: "nothing" };
const nullBody: Message<void> = { name: "nullBody" };
const word: Message<Word> = { name: "word", payload: WordSchema };
const anything: Message<Anything> = { name: "anything", payload: AnythingSchema };
const list: Message<List> = { name: "list", payload: ListSchema };
const text: Message<string> = { name: "text", contentType: "text/plain" };
const bytes: Message<Uint8Array> = { name: "bytes", contentType: "application/octet-stream" };

export const payloads: Payloads = {
  $contract: { service: "payloads", version: "1.0.0" },
  onAny: {
    nothing: { kind: "send", id: "payloads.onAny.nothing", action: "receive", channel: all, message: nothing },
    nullBody: { kind: "send", id: "payloads.onAny.nullBody", action: "receive", channel: all, message: nullBody },
    word: { kind: "send", id: "payloads.onAny.word", action: "receive", channel: all, message: word },
    anything: { kind: "send", id: "payloads.onAny.anything", action: "receive", channel: all, message: anything },
    list: { kind: "send", id: "payloads.onAny.list", action: "receive", channel: all, message: list },
    text: { kind: "send", id: "payloads.onAny.text", action: "receive", channel: all, message: text },
    bytes: { kind: "send", id: "payloads.onAny.bytes", action: "receive", channel: all, message: bytes },
  },
};
