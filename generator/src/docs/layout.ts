import { messageLabel } from "./components.js";
import { type Child, type Html, html } from "./html.js";
import type { Service, Site } from "./site.js";
import { relativeUrl, type UrlTo } from "./urls.js";

/** One page, before the frame of the site is put around it. */
export interface Page {
  /** From the root of the site, without fragment. */
  readonly path: string;
  readonly title: string;
  /** For search engines and previews; plain text. */
  readonly summary?: string;
  readonly main: Html;
  /** The service the page belongs to: its sections are opened in the navigation. */
  readonly service?: Service;
}

/** A list of a service's parts in the navigation. */
interface Section {
  readonly title: string;
  readonly entries: readonly { readonly label: string; readonly to: string }[];
}

/** Everything comes from the site itself; nothing inline runs or styles. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
];

export function layout(site: Site, page: Page): string {
  const url: UrlTo = (to) => relativeUrl(page.path, to);
  const policy = [...POLICY, ...(site.live ? ["connect-src 'self'"] : [])].join("; ");
  const title = page.path === "index.html" ? site.title : `${page.title} · ${site.title}`;
  return html`<!doctype html>
<html lang="en" data-root="${url("index.html").replace(/index\.html$/, "")}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="sagaspec">
${page.summary && html`<meta name="description" content="${page.summary.slice(0, 200)}">`}
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${url("assets/site.css")}">
${site.css && html`<link rel="stylesheet" href="${url(site.css)}">`}
<script src="${url("assets/theme.js")}"></script>
<script src="${url("assets/site.js")}" defer></script>
<script src="${url("assets/search.js")}" defer></script>
${site.live && html`<script src="${url("assets/live.js")}" defer></script>`}
</head>
<body>
<a class="skip" href="#main-content">Skip to content</a>
<header class="bar">
<a class="brand" href="${url("index.html")}">${site.logo && html`<img src="${url(site.logo)}" alt="" height="28">`}<span>${site.title}</span></a>
<search class="search" hidden>
<label class="hidden" for="site-search">Search services, operations, messages, fields and sagas</label>
<input id="site-search" type="search" placeholder="Search" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="search-results" aria-autocomplete="list" aria-describedby="search-status">
<kbd aria-hidden="true">/</kbd>
<div class="results" id="search-results" role="listbox" aria-label="Search results" hidden></div>
<p class="found" id="search-status" role="status"></p>
</search>
<button class="theme" type="button" hidden><span class="hidden">Switch between light and dark</span></button>
</header>
<div class="frame">
<details class="sidebar" open>
<summary>Contents</summary>
<nav aria-label="Site">${navigation(site, page, url)}</nav>
</details>
<main id="main-content" tabindex="-1">
${page.main}
</main>
</div>
<footer class="foot">Made by sagaspec from the contracts themselves.</footer>
</body>
</html>
`.text;
}

function navigation(site: Site, page: Page, url: UrlTo): Child {
  return [
    html`<ul><li>${entry("Overview", "index.html", page, url)}</li></ul>`,
    group("Services", site.services, (service) => [
      entry(service.label, service.path, page, url),
      page.service === service && serviceSections(service).map((section) => sectionEntries(section, page, url)),
    ]),
    group("Sagas", site.sagas, ({ outline, path }) =>
      entry(sharesName(site, outline.name) ? `${outline.name} v${outline.version}` : outline.name, path, page, url),
    ),
    [...new Set(site.pages.map((custom) => custom.group))].map((title) => {
      const pages = site.pages.filter((custom) => custom.group === title);
      return group(title, pages, (custom) => entry(custom.title, custom.path, page, url));
    }),
  ];
}

const sharesName = (site: Site, name: string): boolean =>
  site.sagas.filter(({ outline }) => outline.name === name).length > 1;

function group<T>(title: string, items: readonly T[], print: (item: T) => Child): Child {
  if (items.length === 0) return undefined;
  return html`<h2>${title}</h2><ul>${items.map((item) => html`<li>${print(item)}</li>`)}</ul>`;
}

/** Beyond so many entries a section that the page is not in starts closed. */
const MANY = 40;

function sectionEntries({ title, entries }: Section, page: Page, url: UrlTo): Child {
  if (entries.length === 0) return undefined;
  const open = (entries.length <= MANY || entries.some(({ to }) => to === page.path)) && html` open`;
  return html`<details class="section"${open}><summary>${title}</summary><ul>${entries.map(
    (one) => html`<li>${entry(one.label, one.to, page, url)}</li>`,
  )}</ul></details>`;
}

function serviceSections(service: Service): readonly Section[] {
  return [
    {
      title: "Operations",
      entries: service.operations.map(({ operation, path }) => ({
        label: operation.title ?? operation.name,
        to: path,
      })),
    },
    {
      title: "Messages",
      entries: [...service.messages.values()].map(({ message, path }) => ({ label: messageLabel(message), to: path })),
    },
    {
      title: "Schemas",
      entries: [...service.schemas.values()].map(({ type, path }) => ({ label: type.name, to: path })),
    },
    ...(service.changelog === undefined
      ? []
      : [{ title: "Versions", entries: [{ label: "Changelog", to: service.changelog }] }]),
  ];
}

function entry(label: string, to: string, page: Page, url: UrlTo): Html {
  const current = to === page.path && html` aria-current="page"`;
  return html`<a href="${url(to)}"${current}>${label}</a>`;
}
