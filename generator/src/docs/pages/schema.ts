import { commas, extensionsOf, facts, messageLink, operationLink } from "../components.js";
import { codeBlock } from "../highlight.js";
import { type Child, html } from "../html.js";
import type { Page } from "../layout.js";
import { inlineMarkdown } from "../markdown.js";
import { SchemaPrinter, schemaPages } from "../schema/render.js";
import type { SchemaEntry, Service } from "../site.js";
import { relativeUrl, type UrlTo } from "../urls.js";

const FIELDS = 600;
const DEEPEST = 6;

/** A schema that the document names: its fields, and the messages and schemas that use it. */
export function schemaPage(service: Service, entry: SchemaEntry, wanted: Set<string>): Page {
  const { type, path, messages, types } = entry;
  const url: UrlTo = (to) => relativeUrl(path, to);
  const printer = new SchemaPrinter(service.types, {
    fields: FIELDS,
    open: 2,
    depth: DEEPEST,
    wanted,
    typesAt: url(service.path),
    pageOf: schemaPages(service, url),
  });
  const operations = [...new Set(messages.flatMap(({ usedBy }) => usedBy.map((use) => use.entry)))];
  const code = service.code?.declarationsOf([type.name]);
  const { title, ...schema } = typeof type.schema === "object" ? type.schema : {};
  const extensions = Object.fromEntries(Object.entries(schema).filter(([key]) => key.startsWith("x-")));
  return {
    path,
    title: type.name,
    service,
    main: html`<header class="title"><p class="kicker"><a href="${url(service.path)}">${service.label}</a> · schema</p><h1>${type.name}</h1>${title && title !== type.name && html`<p class="lead">${inlineMarkdown(title)}</p>`}
${facts([
  ["In messages", commas(messages.map((message) => messageLink(message, url)))],
  ["In operations", commas(operations.map((operation) => operationLink(operation, url)))],
  ["In schemas", commas(types.map((name) => schemaLink(service, name, url)))],
  ["Written in", html`<code>${type.origin.file}${type.origin.pointer}</code>`],
])}${messages.length + types.length === 0 && html`<p class="quiet">Nothing of this document uses it.</p>`}</header>
<section class="columns"><div><h2 id="fields">Fields</h2><div class="schema">${printer.print({ $ref: type.name }, "field")}</div>${extensionsOf(extensions)}</div>
<div class="beside">${code && [html`<h2 id="typescript">TypeScript</h2>`, codeBlock(code, "typescript", `Generated for ${service.contract.service}`)]}</div></section>`,
  };
}

function schemaLink(service: Service, name: string, url: UrlTo): Child {
  const entry = service.schemas.get(name);
  return entry === undefined ? html`<code>${name}</code>` : html`<a href="${url(entry.path)}"><code>${name}</code></a>`;
}
