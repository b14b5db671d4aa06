import {
  commas,
  extensionsOf,
  externalDocsLink,
  externalLink,
  facts,
  messageLink,
  operationLink,
  participantLink,
  summaryOf,
  tagList,
  verbBadge,
} from "../components.js";
import { type Child, html } from "../html.js";
import type { Page } from "../layout.js";
import { inlineMarkdown, markdown } from "../markdown.js";
import { SchemaPrinter, schemaPages } from "../schema/render.js";
import type { Service, Site } from "../site.js";
import { relativeUrl, safeUrl, type UrlTo } from "../urls.js";
import { channelCard } from "./channel.js";
import { operationSection } from "./operation.js";
import { connectTable, serversSection } from "./servers.js";

/** Fields a service's page opens in place before it refers to its list of types: about a megabyte of HTML. */
const FIELDS = 2_500;
const DEEPEST = 6;

/** Operations from which on a page is long: drawn piece by piece, and with its inner fields closed. */
const LONG = 20;

/** Everything about one service, on one page. `wanted` are types that the pages of its messages refer to. */
export function servicePage(site: Site, service: Service, wanted: Set<string>): Page {
  const { contract } = service;
  const url: UrlTo = (to) => relativeUrl(service.path, to);
  const open = service.operations.length > LONG ? 0 : 1;
  const printer = new SchemaPrinter(service.types, {
    fields: FIELDS,
    open,
    depth: DEEPEST,
    wanted,
    pageOf: schemaPages(service, url),
  });
  const view = { site, service, printer, url };
  const long = service.operations.length > LONG && html` class="long"`;
  const operations = service.operations.map((entry) => operationSection(entry, view));
  return {
    path: service.path,
    title: service.label,
    ...summaryOf(contract.description),
    service,
    main: html`<header class="title"><p class="kicker"><a href="${url("index.html")}">Services</a></p><h1>${contract.title} <span class="version">${contract.version}</span></h1>${contract.description && markdown(contract.description)}${tagList(contract.info.tags)}
${facts([
  ["Written in", `AsyncAPI ${contract.asyncapi}`],
  ["Owner", contract.info.owner],
  ["Contact", contact(service)],
  ["Id", contract.info.id && html`<code>${contract.info.id}</code>`],
  ["Licence", licence(service)],
  ["Terms", contract.info.termsOfService && externalLink(contract.info.termsOfService)],
  ["Further reading", externalDocsLink(contract.info.externalDocs)],
  ["Talks to", neighbours(site, service, url)],
  ["Download", commas(service.downloads.map((one) => html`<a href="${url(one.path)}" download>${one.label}</a>`))],
  ["Versions", service.changelog && html`<a href="${url(service.changelog)}">Changelog</a>`],
  ["Reference", service.reference && html`<a href="${url(service.reference)}">with the AsyncAPI component</a>`],
])}${extensionsOf(contract.extensions)}</header>
${connectTable(contract.servers)}
${operationIndex(service, url)}
${operations.length > 0 && html`<section${long} aria-labelledby="service-operations"><h2 id="service-operations">Operations in full</h2>${operations}</section>`}
<section${long} aria-labelledby="service-channels"><h2 id="service-channels">Channels</h2>${contract.channels.map((channel) => channelCard(channel, service, url))}</section>
${messageTable(service, url)}
${printer.types()}
${serversSection(contract.servers)}`,
  };
}

/** Every operation in a line, to find the one that is wanted. */
function operationIndex({ operations }: Service, url: UrlTo): Child {
  if (operations.length === 0) return undefined;
  const rows = operations.map((entry) => {
    const { operation, channel, path } = entry;
    const text = operation.summary ?? operation.title ?? operation.description;
    return html`<tr><th scope="row"><a href="${url(path)}"><code>${operation.name}</code></a></th><td data-label="Does">${verbBadge(entry)}</td><td data-label="What for">${text && inlineMarkdown(text)}</td><td data-label="Address"><code class="address">${channel?.address ?? "known at run time"}</code></td></tr>`;
  });
  return html`<section aria-labelledby="operation-index"><h2 id="operation-index">Operations</h2><div class="scroll" tabindex="0" role="group" aria-label="Operations"><table class="stack"><thead><tr><th scope="col">Operation</th><th scope="col">Does</th><th scope="col">What for</th><th scope="col">Address</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function messageTable(service: Service, url: UrlTo): Child {
  if (service.messages.size === 0) return undefined;
  const rows = [...service.messages.values()].map((entry) => {
    const { message, usedBy } = entry;
    const text = message.summary ?? message.title ?? message.description;
    return html`<tr><th scope="row">${messageLink(entry, url)}</th><td data-label="What it says">${text && inlineMarkdown(text)}</td><td data-label="Operations">${commas(usedBy.map((use) => operationLink(use.entry, url)))}</td></tr>`;
  });
  return html`<section aria-labelledby="service-messages"><h2 id="service-messages">Messages</h2><div class="scroll" tabindex="0" role="group" aria-label="Messages"><table class="stack"><thead><tr><th scope="col">Message</th><th scope="col">What it says</th><th scope="col">Operations</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function neighbours(site: Site, service: Service, url: UrlTo): Child {
  const me = (name: string): boolean => name === service.contract.service;
  const participants = site.flows.flatMap(({ from, to }) => {
    if (from.kind === "service" && me(from.name)) return [to];
    return to.kind === "service" && me(to.name) ? [from] : [];
  });
  const distinct = [
    ...new Map(participants.map((participant) => [`${participant.kind} ${participant.name}`, participant])).values(),
  ];
  return commas(
    distinct.map(
      (participant) =>
        html`${participantLink(site, participant, url)}${participant.kind === "saga" && html` <span class="quiet">(saga)</span>`}`,
    ),
  );
}

function contact({ contract }: Service): Child {
  const { name, email, url } = contract.info.contact ?? {};
  const address = url !== undefined && safeUrl(url) !== undefined ? url : email && `mailto:${email}`;
  const label = name ?? email ?? url;
  return address && label ? html`<a href="${address}">${label}</a>` : label;
}

function licence({ contract }: Service): Child {
  const { license, licenseUrl } = contract.info;
  return licenseUrl === undefined ? license : externalLink(licenseUrl, license ?? licenseUrl);
}
