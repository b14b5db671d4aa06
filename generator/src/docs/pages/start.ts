import { facts, participantLink, verb } from "../components.js";
import { serviceMap } from "../diagrams/service-map.js";
import type { Flow } from "../flows.js";
import { type Child, type Html, html, join } from "../html.js";
import type { Page } from "../layout.js";
import { inlineMarkdown } from "../markdown.js";
import type { StepOutline } from "../sagas/outline.js";
import type { Saga, Service, Site } from "../site.js";
import { relativeUrl, type UrlTo } from "../urls.js";

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
  return html`<li class="card"><h3><a href="${url(path)}">${service.label}</a> <span class="version">${contract.version}</span></h3>
${contract.description && html`<p>${inlineMarkdown(contract.description)}</p>`}
${facts([
  ["Operations", [...verbs].map(([word, times]) => `${word} ${times}`).join(", ")],
  ["Protocols", protocols.join(", ")],
  ["Owner", contract.info.owner ?? contract.info.contact?.name],
])}
${contract.info.tags.length > 0 && html`<ul class="tags" aria-label="Tags">${contract.info.tags.map((tag) => html`<li>${tag.name}</li>`)}</ul>`}</li>`;
}

function sagaCard({ outline, path }: Saga, url: UrlTo): Html {
  return html`<li class="card saga"><h3><a href="${url(path)}">${outline.name}</a> <span class="version">version ${outline.version}</span></h3>
<p class="steps">${chain(outline.steps)}</p></li>`;
}

/** Steps in order as words: `a → (b + c) → one of (d, e)`; what runs side by side, or as a choice, does not look like a chain. */
function chain(steps: readonly StepOutline[]): Child {
  const shown = steps.slice(0, MOST_STEPS).map((step) => {
    const { groups, kind, name } = step;
    if (groups.length === 0) return name;
    const inner = groups.map((group) => (group.steps.length === 0 ? group.label || "nothing" : chain(group.steps)));
    if (kind === "branch") return html`one of (${join(inner, ", ")})`;
    if (kind === "parallel") return html`(${join(inner, html` <span class="together">+</span> `)})`;
    return kind === "each" ? html`for each (${join(inner, ", ")})` : html`(${join(inner, ", ")})`;
  });
  return [join(shown, html` <span class="quiet" aria-hidden="true">→</span> `), steps.length > MOST_STEPS && " …"];
}

const MOST_STEPS = 8;

function flowTable(site: Site, url: UrlTo): Html {
  const rows = site.flows.map(
    (flow) =>
      html`<tr><th scope="row">${participantLink(site, flow.from, url)}</th><td data-label="Messages">${messagesOf(site, flow, url)}</td><td data-label="To">${participantLink(site, flow.to, url)}</td><td data-label="Address"><code>${flow.address}</code></td></tr>`,
  );
  return html`<details class="folded"${site.flows.length <= 12 && html` open`}><summary>The same as a table</summary><div class="scroll" tabindex="0" role="group" aria-label="Who sends what to whom, as a table"><table class="stack"><thead><tr><th scope="col">From</th><th scope="col">Messages</th><th scope="col">To</th><th scope="col">Address</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
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
