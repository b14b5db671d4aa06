import type { Bindings, Extensions, ExternalDocs, Message, SecurityScheme, Server, Tag } from "../contract/contract.js";
import type { Participant } from "./flows.js";
import { codeBlock } from "./highlight.js";
import { type Child, type Html, html, join } from "./html.js";
import { inlineMarkdown, markdown, plainText } from "./markdown.js";
import { findSaga, type MessageEntry, type OperationEntry, type Site } from "./site.js";
import { safeUrl, type UrlTo } from "./urls.js";

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
  const label = messageLabel(message);
  const text = label === message.key ? html`<code>${label}</code>` : label;
  return html`<a href="${url(path)}">${text}</a>${message.failure && html` <span class="badge failure">failure</span>`}`;
}

/** What a reader calls a message: its title; where it has none and its key is a mere number, its summary. */
export function messageLabel({ key, title, summary }: Message): string {
  if (title !== undefined) return title;
  const isNumbered = /^(anonymous|event|message|msg|payload)?[-_ ]?(message|schema)?[-_ ]?\d+$/i.test(key);
  return isNumbered && summary !== undefined && summary.length <= 80 ? plainText(summary) : key;
}

/** A service or saga by its name, as a link. */
export function participantLink(site: Site, { kind, name }: Participant, url: UrlTo): Child {
  if (kind === "saga") {
    const saga = findSaga(site, name);
    return saga === undefined ? name : html`<a href="${url(saga.path)}">${name}</a>`;
  }
  const service = site.services.find(({ contract }) => contract.service === name);
  return service === undefined ? name : html`<a href="${url(service.path)}">${service.label}</a>`;
}

/** A link to another site, where following it can do no harm; else its text. */
export function externalLink(address: string, label: string = address): Child {
  return safeUrl(address) === undefined ? label : html`<a href="${address}">${label}</a>`;
}

export function externalDocsLink(docs: ExternalDocs | undefined): Child {
  return docs && externalLink(docs.url, docs.description === undefined ? docs.url : plainText(docs.description));
}

/** Where a server listens: `amqp://broker.example:5672/orders`. A host may carry a scheme of its own. */
export function serverAddress({ protocol, host, pathname = "" }: Server): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(host) ? `${host}${pathname}` : `${protocol}://${host}${pathname}`;
}

/** Summary of a page for machines: plain, or nothing. */
export function summaryOf(text: string | undefined): { readonly summary?: string } {
  return text === undefined ? {} : { summary: plainText(text) };
}

/** Summary and description, without saying the same twice. `title` stands above them. */
export function intro(texts: { readonly summary?: string; readonly description?: string }, title?: string): Child {
  const { summary, description } = texts;
  return [
    summary && summary !== title && html`<p class="lead">${inlineMarkdown(summary)}</p>`,
    description && description !== summary && markdown(description),
  ];
}

export function tagList(tags: readonly Tag[] | undefined): Child {
  if (tags === undefined || tags.length === 0) return undefined;
  return html`<ul class="tags" aria-label="Tags">${tags.map(
    ({ name, description, externalDocs }) =>
      html`<li${description && html` title="${description}"`}>${externalDocs ? externalLink(externalDocs.url, name) : name}</li>`,
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

/** What a caller must show: each scheme with where it goes, and what it is asked for. */
export function securityOf(schemes: readonly SecurityScheme[]): Child {
  return commas(
    schemes.map((scheme) => {
      const { name, type, description, scopes = [] } = scheme;
      const words = [...(type === name ? [] : [type]), ...placeOf(scheme)].join(", ");
      return html`<span>${name}${words && html` <span class="quiet">(${words})</span>`}${scopes.length > 0 && html`, scopes ${commas(scopes.map((scope) => html`<code>${scope}</code>`))}`}${description && html`: ${inlineMarkdown(description)}`}</span>`;
    }),
  );
}

/** Flows of OAuth 2 and the address of OpenID Connect. */
export function securityDetails(schemes: readonly SecurityScheme[]): Child {
  return schemes.map(({ name, details }) => {
    const flows = Object.entries(objectOf(details.flows)).map(([flow, one]) => {
      const { authorizationUrl, tokenUrl, refreshUrl, availableScopes, scopes } = objectOf(one);
      const offered = Object.entries(objectOf(availableScopes ?? scopes));
      return [
        html`<h5>${name}: ${flow}</h5>`,
        facts([
          ["Authorize at", textLink(authorizationUrl)],
          ["Token from", textLink(tokenUrl)],
          ["Refresh at", textLink(refreshUrl)],
          [
            "Scopes",
            offered.length > 0 &&
              html`<ul class="plain">${offered.map(([scope, about]) => html`<li><code>${scope}</code>${typeof about === "string" && about !== "" && html` ${inlineMarkdown(about)}`}</li>`)}</ul>`,
          ],
        ]),
      ];
    });
    return [flows, facts([[`${name}: discovery`, textLink(details.openIdConnectUrl)]])];
  });
}

const textLink = (value: unknown): Child => typeof value === "string" && externalLink(value);

function placeOf({ details }: SecurityScheme): readonly string[] {
  const text = (key: string): string | undefined => {
    const value = details[key];
    return typeof value === "string" ? value : undefined;
  };
  const [place, name, scheme, format] = ["in", "name", "scheme", "bearerFormat"].map(text);
  return [
    name !== undefined && place !== undefined ? `${place} ${name}` : place && `in ${place}`,
    scheme,
    format,
  ].filter((part): part is string => typeof part === "string");
}

function objectOf(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null ? (value as { readonly [key: string]: unknown }) : {};
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
