import {
  commas,
  extensionsOf,
  facts,
  messageLink,
  operationLink,
  partyLink,
  summaryOf,
  tagList,
} from "../components.js";
import { type Child, html } from "../html.js";
import type { Page, Section, UrlTo } from "../layout.js";
import { inlineMarkdown, markdown } from "../markdown.js";
import { SchemaPrinter } from "../schema/render.js";
import type { Service, Site } from "../site.js";
import { relativeUrl, safeUrl } from "../urls.js";
import { changesSection } from "./changes.js";
import { channelCard } from "./channel.js";
import { operationSection } from "./operation.js";
import { serversSection } from "./servers.js";

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
  const printer = new SchemaPrinter(service.types, { fields: FIELDS, open, depth: DEEPEST, wanted });
  const view = { site, service, printer, url };
  const long = service.operations.length > LONG && html` class="long"`;
  const operations = service.operations.map((entry) => operationSection(entry, view));
  return {
    path: service.path,
    title: contract.title,
    ...summaryOf(contract.description),
    service,
    sections: sections(service),
    main: html`<header class="title"><p class="kicker"><a href="${url("index.html")}">Services</a></p><h1>${contract.title} <span class="version">${contract.version}</span></h1>${contract.description && markdown(contract.description)}${tagList(contract.info.tags)}
${facts([
  ["Written in", `AsyncAPI ${contract.asyncapi}`],
  ["Owner", contract.info.owner],
  ["Contact", contact(service)],
  ["Licence", contract.info.license],
  ["Further reading", externalDocs(service)],
  ["Talks to", neighbours(site, service, url)],
  ["Download", commas(service.downloads.map((one) => html`<a href="${url(one.path)}" download>${one.label}</a>`))],
  ["Reference", service.reference && html`<a href="${url(service.reference)}">with the AsyncAPI component</a>`],
])}${extensionsOf(contract.extensions)}</header>
${operations.length > 0 && html`<section${long} aria-labelledby="service-operations"><h2 id="service-operations">Operations</h2>${operations}</section>`}
<section${long} aria-labelledby="service-channels"><h2 id="service-channels">Channels</h2>${contract.channels.map((channel) => channelCard(channel, service, url))}</section>
${messageTable(service, url)}
${printer.types()}
${serversSection(contract.servers)}
${changesSection(service)}`,
  };
}

function sections(service: Service): readonly Section[] {
  return [
    {
      title: "Operations",
      entries: service.operations.map(({ operation, path }) => ({ label: operation.name, to: path })),
    },
    {
      title: "Messages",
      entries: [...service.messages.values()].map(({ message, path }) => ({ label: message.key, to: path })),
    },
  ];
}

function messageTable(service: Service, url: UrlTo): Child {
  if (service.messages.size === 0) return undefined;
  const rows = [...service.messages.values()].map((entry) => {
    const { message, usedBy } = entry;
    const text = message.summary ?? message.title ?? message.description;
    return html`<tr><td>${messageLink(entry, url)}</td><td>${text && inlineMarkdown(text)}</td><td>${commas(usedBy.map((use) => operationLink(use.entry, url)))}</td></tr>`;
  });
  return html`<section aria-labelledby="service-messages"><h2 id="service-messages">Messages</h2><div class="scroll" tabindex="0" role="group" aria-label="Messages"><table><thead><tr><th scope="col">Message</th><th scope="col">What it says</th><th scope="col">Operations</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function neighbours(site: Site, service: Service, url: UrlTo): Child {
  const me = (name: string): boolean => name === service.contract.service;
  const parties = site.flows.flatMap(({ from, to }) => {
    if (from.kind === "service" && me(from.name)) return [to];
    return to.kind === "service" && me(to.name) ? [from] : [];
  });
  const distinct = [...new Map(parties.map((party) => [`${party.kind} ${party.name}`, party])).values()];
  return commas(
    distinct.map(
      (party) =>
        html`${partyLink(site, party, url)}${party.kind === "saga" && html` <span class="quiet">(saga)</span>`}`,
    ),
  );
}

function contact({ contract }: Service): Child {
  const { name, email, url } = contract.info.contact ?? {};
  const address = url !== undefined && safeUrl(url) !== undefined ? url : email && `mailto:${email}`;
  const label = name ?? email ?? url;
  return address && label ? html`<a href="${address}">${label}</a>` : label;
}

function externalDocs({ contract }: Service): Child {
  const docs = contract.info.externalDocs;
  if (docs === undefined) return undefined;
  const label = docs.description ?? docs.url;
  return safeUrl(docs.url) === undefined ? label : html`<a href="${docs.url}">${label}</a>`;
}
