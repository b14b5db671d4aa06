import type { Message } from "../../contract/contract.js";
import { hasJsonBody, isEmpty } from "../../emit/payload.js";
import { json } from "../components.js";
import { codeBlock } from "../highlight.js";
import { type Child, html } from "../html.js";
import type { SchemaPrinter } from "../schema/render.js";
import type { MessageEntry } from "../site.js";

/** Payload and headers of a message. `id` is the stem of the fields' fragments. */
export function schemasOf(
  message: Message,
  printer: SchemaPrinter,
  id?: { readonly payload: string; readonly headers: string },
): Child {
  return [
    isEmpty(message)
      ? html`<p class="quiet">${message.payload === undefined ? "No payload: the body is empty." : "No content: the payload is null."}</p>`
      : html`<div class="schema">${printer.print(message.payload ?? true, id?.payload)}</div>`,
    !isEmpty(message) &&
      !hasJsonBody(message) &&
      html`<p class="note">The body is <code>${message.contentType}</code>, not JSON: the generated code passes it as ${/^text\//i.test(message.contentType) ? "a string" : "bytes (a Uint8Array)"} and checks nothing in it. Read and write it with a library for that format.</p>`,
    message.headers !== undefined &&
      html`<div class="schema"><p class="part">Headers</p>${printer.print(message.headers, id?.headers)}</div>`,
  ];
}

/** The document's own examples of a message; where it has none, one that was made from the schema and says so. */
export function examplesOf({ message, generated }: MessageEntry): Child {
  if (generated !== undefined) {
    return [
      codeBlock(json(generated), "json", `${message.key}: generated example`),
      html`<p class="quiet generated">Made from the schema: the document has no example. Values are random and mean nothing.</p>`,
    ];
  }
  return message.examples.map((example, index) => {
    const label = example.name ?? (message.examples.length > 1 ? `Example ${index + 1}` : "Example");
    return [
      example.summary && html`<p>${example.summary}</p>`,
      example.headers !== undefined && codeBlock(json(example.headers), "json", `${message.key}: ${label}, headers`),
      example.payload !== undefined && codeBlock(json(example.payload), "json", `${message.key}: ${label}`),
    ];
  });
}
