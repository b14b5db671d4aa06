import type { Channel, Server } from "../../contract.js";
import {
  bindingsOf,
  commas,
  extensionsOf,
  facts,
  intro,
  messageLink,
  operationLink,
  securityOf,
  tagList,
} from "../components.js";
import { type Child, type Html, html } from "../html.js";
import type { Page, Section, UrlTo } from "../layout.js";
import { inlineMarkdown, markdown } from "../markdown.js";
import { SchemaPrinter } from "../schema/render.js";
import type { Service, Site } from "../site.js";
import { anchor, relativeUrl, safeUrl } from "../urls.js";
import { changesSection } from "./changes.js";
import { operationSection } from "./operation.js";
import { partyLink, summaryOf } from "./start.js";

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
${servers(contract.servers)}
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

function channelCard(channel: Channel, service: Service, url: UrlTo): Html {
  const id = `channel-${anchor(channel.key)}`;
  const operations = service.operations.filter((entry) => entry.channel === channel);
  const messages = channel.messages.flatMap((key) => service.messages.get(key) ?? []);
  return html`<section class="card channel" id="${id}"><h3><a class="self" href="#${id}">${channel.title ?? channel.key}</a></h3><p class="kicker"><code class="address">${channel.address ?? "address known at run time"}</code></p>
${intro(channel)}
${facts([
  ["Operations", commas(operations.map((entry) => operationLink(entry, url)))],
  ["Messages", commas(messages.map((entry) => messageLink(entry, url)))],
  ["Servers", channel.servers.join(", ")],
])}
${channel.parameters.length > 0 && html`<h4>Parameters of the address</h4><ul class="fields">${channel.parameters.map(parameter)}</ul>`}
${bindingsOf(channel.bindings, "channel")}${extensionsOf(channel.extensions)}</section>`;
}

function parameter({
  name,
  description,
  enum: values,
  default: fallback,
  location,
}: Channel["parameters"][number]): Html {
  const rules: readonly Child[] = [
    values && html`<li>one of ${values.map((value) => html`<code>${value}</code> `)}</li>`,
    fallback !== undefined && html`<li>default <code>${fallback}</code></li>`,
    location && html`<li>taken from <code>${location}</code></li>`,
  ];
  return html`<li><div class="head"><code class="name">${name}</code> <code class="type">string</code></div>${description && html`<div class="about">${inlineMarkdown(description)}</div>`}${rules.some((rule) => rule) && html`<ul class="rules">${rules}</ul>`}</li>`;
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

function servers(list: readonly Server[]): Child {
  if (list.length === 0) return undefined;
  return html`<section aria-labelledby="service-servers"><h2 id="service-servers">Servers</h2>${list.map(
    (
      server,
    ) => html`<section class="card"><h3>${server.name}</h3><p class="kicker"><code class="address">${server.protocol}://${server.host}${server.pathname}</code></p>${server.description && markdown(server.description)}
${facts([
  ["Protocol", `${server.protocol} ${server.protocolVersion ?? ""}`.trim()],
  ["Security", securityOf(server.security)],
])}
${server.variables.length > 0 && html`<h4>Variables</h4><ul class="fields">${server.variables.map((variable) => parameter({ ...variable, origin: server.origin }))}</ul>`}
${bindingsOf(server.bindings, "server")}${extensionsOf(server.extensions)}</section>`,
  )}</section>`;
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
