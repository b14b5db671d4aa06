import { facts, partyLink, verb } from "../components.js";
import { serviceMap } from "../diagrams/service-map.js";
import type { Flow } from "../flows.js";
import { type Child, type Html, html, join } from "../html.js";
import type { Page, UrlTo } from "../layout.js";
import { inlineMarkdown } from "../markdown.js";
import { allSteps } from "../sagas/outline.js";
import type { Saga, Service, Site } from "../site.js";
import { relativeUrl } from "../urls.js";

/** Address of the start page. */
export const START = "index.html";

/** The start page: what there is, and how it hangs together. */
export function startPage(site: Site): Page {
  const url: UrlTo = (to) => relativeUrl(START, to);
  const counts = [
    count(site.services.length, "service"),
    count(site.operations.size, "operation"),
    count(
      site.services.reduce((sum, service) => sum + service.messages.size, 0),
      "message",
    ),
    ...(site.sagas.length === 0 ? [] : [count(site.sagas.length, "saga")]),
  ];
  return {
    path: START,
    title: "Overview",
    summary: `${site.title}: ${counts.join(", ")}.`,
    main: html`<header class="title"><h1>${site.title}</h1><p class="lead">${counts.join(" · ")}</p></header>
<section aria-labelledby="services"><h2 id="services">Services</h2><ul class="cards">${site.services.map((service) => serviceCard(service, url))}</ul></section>
${site.sagas.length > 0 && html`<section aria-labelledby="sagas"><h2 id="sagas">Sagas</h2><ul class="cards">${site.sagas.map((saga) => sagaCard(saga, url))}</ul></section>`}
${site.flows.length > 0 && html`<section aria-labelledby="map"><h2 id="map">Who sends what to whom</h2>${serviceMap(site, url)}${flowTable(site, url)}</section>`}`,
  };
}

function serviceCard(service: Service, url: UrlTo): Html {
  const { contract, path } = service;
  const protocols = [...new Set(contract.servers.map((server) => server.protocol))];
  const verbs = new Map<string, number>();
  for (const entry of service.operations) verbs.set(verb(entry), (verbs.get(verb(entry)) ?? 0) + 1);
  return html`<li class="card"><h3><a href="${url(path)}">${contract.title}</a> <span class="version">${contract.version}</span></h3>
${contract.description && html`<p>${inlineMarkdown(contract.description)}</p>`}
${facts([
  ["Operations", [...verbs].map(([word, times]) => `${word} ${times}`).join(", ")],
  ["Protocols", protocols.join(", ")],
  ["Owner", contract.info.owner ?? contract.info.contact?.name],
])}
${contract.info.tags.length > 0 && html`<ul class="tags" aria-label="Tags">${contract.info.tags.map((tag) => html`<li>${tag.name}</li>`)}</ul>`}</li>`;
}

function sagaCard({ outline, path }: Saga, url: UrlTo): Html {
  const steps = allSteps(outline.steps);
  return html`<li class="card saga"><h3><a href="${url(path)}">${outline.name}</a> <span class="version">version ${outline.version}</span></h3>
<p class="steps">${join(
    steps.slice(0, 8).map((step) => html`<span>${step.name}</span>`),
    html` <span class="quiet" aria-hidden="true">→</span> `,
  )}${steps.length > 8 && " …"}</p></li>`;
}

function flowTable(site: Site, url: UrlTo): Html {
  const rows = site.flows.map(
    (flow) =>
      html`<tr><td>${partyLink(site, flow.from, url)}</td><td>${messagesOf(site, flow, url)}</td><td>${partyLink(site, flow.to, url)}</td><td><code>${flow.address}</code></td></tr>`,
  );
  return html`<details class="folded"${site.flows.length <= 12 && html` open`}><summary>The same as a table</summary><div class="scroll" tabindex="0" role="group" aria-label="Who sends what to whom, as a table"><table><thead><tr><th scope="col">From</th><th scope="col">Messages</th><th scope="col">To</th><th scope="col">Address</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
}

function messagesOf(site: Site, flow: Flow, url: UrlTo): Child {
  const names = flow.messages.join(", ");
  const entry = site.operations.get(flow.operation);
  const text = html`<code>${names}</code>${flow.reply && html` <span class="quiet">answered</span>`}`;
  return entry === undefined ? text : html`<a href="${url(entry.path)}">${text}</a>`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
