import {
  bindingsOf,
  commas,
  deprecatedNote,
  extensionsOf,
  externalDocsLink,
  facts,
  intro,
  messageLabel,
  operationLink,
  participantLink,
  summaryOf,
  tagList,
  verb,
} from "../components.js";
import { codeBlock } from "../highlight.js";
import { type Child, html } from "../html.js";
import type { Page } from "../layout.js";
import { SchemaPrinter, schemaPages } from "../schema/render.js";
import type { MessageEntry, Service, Site } from "../site.js";
import { sagaUses } from "../site.js";
import { relativeUrl, stepAnchor, type UrlTo } from "../urls.js";
import { examplesOf, schemasOf } from "./message-parts.js";

/** Fields, and types within types, that a message's page opens in place. */
const FIELDS = 600;
const DEEPEST = 6;

/**
 * One message: what it says, every field of it, and between whom it goes. Types that do not fit are added to `wanted`:
 * the page of the service prints them.
 */
export function messagePage(site: Site, service: Service, entry: MessageEntry, wanted: Set<string>): Page {
  const { message } = entry;
  const url: UrlTo = (to) => relativeUrl(entry.path, to);
  const printer = new SchemaPrinter(service.types, {
    fields: FIELDS,
    open: 2,
    depth: DEEPEST,
    wanted,
    typesAt: url(service.path),
    pageOf: schemaPages(service, url),
  });
  const hasExample = message.examples.length > 0 || entry.generated !== undefined;
  const title = messageLabel(message);
  const code = service.code?.declarations(message.key);
  const parts = { payload: "payload", headers: "headers" };
  return {
    path: entry.path,
    title,
    ...summaryOf(message.summary ?? message.description),
    service,
    main: html`<header class="title"><p class="kicker"><a href="${url(service.path)}">${service.label}</a></p><h1>${title}${message.failure && html` <span class="badge failure">failure</span>`}</h1>${deprecatedNote(message.deprecated)}${intro(message, title)}${tagList(message.tags)}
${facts([
  ["Key", title !== message.key && html`<code>${message.key}</code>`],
  ["Name on the wire", html`<code>${message.name}</code>`],
  ["Content type", html`<code>${message.contentType}</code>`],
  ["Schema written in", message.schemaFormat && html`<code>${message.schemaFormat}</code>`],
  ["Correlation id", message.correlationId && html`<code>${message.correlationId}</code>`],
  ["Further reading", externalDocsLink(message.externalDocs)],
  ...travels(site, service, entry, url),
])}</header>
<section class="columns"><div><h2 id="fields">Fields</h2>${schemasOf(message, printer, parts)}${bindingsOf(message.bindings, "message")}${extensionsOf(message.extensions)}</div>
<div class="beside">${hasExample ? [html`<h2 id="examples">${message.examples.length > 1 ? "Examples" : "Example"}</h2>`, examplesOf(entry)] : html`<p class="quiet">The document has no example of this message.</p>`}${code && [html`<h2 id="typescript">TypeScript</h2>`, codeBlock(code, "typescript", `Generated for ${service.contract.service}`)]}</div></section>`,
  };
}

function travels(
  site: Site,
  service: Service,
  { usedBy }: MessageEntry,
  url: UrlTo,
): readonly (readonly [string, Child])[] {
  const self = html`<a href="${url(service.path)}">${service.label}</a>`;
  const senders: Child[] = [];
  const receivers: Child[] = [];
  for (const { entry, as } of usedBy) {
    // A reply goes the other way than the request that it answers.
    const outward = (entry.operation.action === "send") === (as === "message");
    const others = neighbours(site, entry.operation.id, url);
    senders.push(...(outward ? [self] : others));
    receivers.push(...(outward ? others : [self]));
    for (const { saga, step } of sagaUses(site, entry)) {
      const sends = (step.kind !== "wait") === (as === "message");
      (sends ? senders : receivers).push(
        html`<a href="${url(saga.path)}#${stepAnchor(step.path)}">saga ${saga.outline.name}</a>`,
      );
    }
  }
  const words = { message: "", reply: " (reply)", failure: " (failure)" };
  return [
    ["Sent by", commas(distinct(senders))],
    ["Received by", commas(distinct(receivers))],
    [
      "Operations",
      commas(
        usedBy.map(
          ({ entry, as }) => html`${operationLink(entry, url)} <span class="quiet">${verb(entry)}${words[as]}</span>`,
        ),
      ),
    ],
  ];
}

function neighbours(site: Site, operation: string, url: UrlTo): readonly Child[] {
  return site.flows
    .filter((flow) => flow.operation === operation || flow.sentBy === operation)
    .map((flow) => (flow.sentBy === operation ? flow.to : flow.from))
    .filter((participant) => participant.kind === "service" && participant.name !== operation.split(".")[0])
    .map((participant) => participantLink(site, participant, url));
}

function distinct(children: readonly Child[]): readonly Child[] {
  return [...new Map(children.map((child) => [html`${child}`.text.replace(/#.*?"/, '"'), child])).values()];
}
