import type { Bindings, Extensions, SecurityScheme, Tag } from "../contract/contract.js";
import type { Participant } from "./flows.js";
import { codeBlock } from "./highlight.js";
import { type Child, type Html, html, join } from "./html.js";
import type { UrlTo } from "./layout.js";
import { inlineMarkdown, markdown, plainText } from "./markdown.js";
import type { MessageEntry, OperationEntry, Site } from "./site.js";

/** What a service does in an operation, in a word. */
export function verb({ operation }: OperationEntry): "answers" | "receives" | "asks" | "sends" {
  if (operation.action === "receive") return operation.reply === undefined ? "receives" : "answers";
  return operation.reply === undefined ? "sends" : "asks";
}

export function verbBadge(entry: OperationEntry): Html {
  const word = verb(entry);
  return html`<span class="badge ${word}">${word}</span>`;
}

export function operationLink(entry: OperationEntry, url: UrlTo, label: string = entry.operation.name): Html {
  return html`<a href="${url(entry.path)}"><code>${label}</code></a>`;
}

export function messageLink(entry: MessageEntry, url: UrlTo): Html {
  const { message, path } = entry;
  return html`<a href="${url(path)}"><code>${message.key}</code></a>${message.failure && html` <span class="badge failure">failure</span>`}`;
}

/** A service or saga by its name, as a link. */
export function partyLink(site: Site, party: Participant, url: UrlTo): Child {
  if (party.kind === "saga") {
    const saga = site.sagas.find(({ outline }) => outline.name === party.name);
    return saga === undefined ? party.name : html`<a href="${url(saga.path)}">${party.name}</a>`;
  }
  const service = site.services.find(({ contract }) => contract.service === party.name);
  return service === undefined ? party.name : html`<a href="${url(service.path)}">${service.contract.title}</a>`;
}

/** Summary of a page for machines: plain, or nothing. */
export function summaryOf(text: string | undefined): { readonly summary?: string } {
  return text === undefined ? {} : { summary: plainText(text) };
}

/** Summary and description, without saying the same twice. */
export function intro(texts: { readonly summary?: string; readonly description?: string }): Child {
  const { summary, description } = texts;
  return [
    summary && html`<p class="lead">${inlineMarkdown(summary)}</p>`,
    description && description !== summary && markdown(description),
  ];
}

export function tagList(tags: readonly Tag[]): Child {
  if (tags.length === 0) return undefined;
  return html`<ul class="tags" aria-label="Tags">${tags.map(
    (tag) => html`<li${tag.description && html` title="${tag.description}"`}>${tag.name}</li>`,
  )}</ul>`;
}

/** Terms and what they are; those without a value are left out. */
export function facts(list: readonly (readonly [term: string, value: Child])[]): Child {
  const known = list.filter(([, value]) => isSomething(value));
  if (known.length === 0) return undefined;
  return html`<dl class="facts">${known.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

export function commas(children: readonly Child[]): Child {
  return children.length === 0 ? undefined : join(children, ", ");
}

export function deprecatedNote(deprecated: boolean): Child {
  return deprecated && html`<p class="note warn"><strong>Deprecated.</strong> Do not build on it.</p>`;
}

/** Bindings as the document has them, folded. */
export function bindingsOf(bindings: Bindings, of: string): Child {
  const protocols = Object.keys(bindings);
  if (protocols.length === 0) return undefined;
  return folded(`Bindings of the ${of}: ${protocols.join(", ")}`, codeBlock(json(bindings), "json", "Bindings"));
}

/** Extensions that the pages do not show in words already. */
export function extensionsOf(extensions: Extensions): Child {
  const rest = Object.entries(extensions).filter(([name]) => !SHOWN.has(name));
  if (rest.length === 0) return undefined;
  return folded("Extensions", codeBlock(json(Object.fromEntries(rest)), "json", "Extensions"));
}

const SHOWN: ReadonlySet<string> = new Set([
  "x-timeout",
  "x-compensated-by",
  "x-idempotency-key",
  "x-failure",
  "x-sagaspec",
  "x-owner",
  "x-reply",
  "x-response",
]);

export function securityOf(schemes: readonly SecurityScheme[]): Child {
  return commas(
    schemes.map(
      (scheme) =>
        html`<span>${scheme.name} <span class="quiet">(${scheme.type})</span>${scheme.description && html`: ${inlineMarkdown(scheme.description)}`}</span>`,
    ),
  );
}

export function folded(title: string, content: Child): Html {
  return html`<details class="folded"><summary>${title}</summary>${content}</details>`;
}

export function json(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? "undefined";
}

/** `5 s`, `1.5 s`, `250 ms`, `2 min`, `1 h`. */
export function duration(ms: number): string {
  const unit = UNITS.find(([size]) => ms >= size && ms % (size / 2) === 0) ?? [1, "ms"];
  return `${ms / unit[0]} ${unit[1]}`;
}

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

function isSomething(value: Child): boolean {
  return value !== undefined && value !== null && value !== false && value !== "";
}
