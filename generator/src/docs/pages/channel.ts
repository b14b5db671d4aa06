import type { Channel } from "../../contract/contract.js";
import {
  bindingsOf,
  commas,
  extensionsOf,
  externalDocsLink,
  facts,
  intro,
  messageLink,
  operationLink,
  tagList,
} from "../components.js";
import { type Child, type Html, html } from "../html.js";
import { inlineMarkdown } from "../markdown.js";
import type { Service } from "../site.js";
import { anchor, type UrlTo } from "../urls.js";

/** One channel: its address with the parameters, and what goes over it. */
export function channelCard(channel: Channel, service: Service, url: UrlTo): Html {
  const id = `channel-${anchor(channel.key)}`;
  const operations = service.operations.filter((entry) => entry.channel === channel);
  const messages = channel.messages.flatMap((key) => service.messages.get(key) ?? []);
  return html`<section class="card channel" id="${id}"><h3><a class="self" href="#${id}">${channel.title ?? channel.key}</a></h3><p class="kicker"><code class="address">${channel.address ?? "address known at run time"}</code></p>
${intro(channel)}${tagList(channel.tags)}
${facts([
  ["Operations", commas(operations.map((entry) => operationLink(entry, url)))],
  ["Messages", commas(messages.map((entry) => messageLink(entry, url)))],
  ["Servers", channel.servers.join(", ")],
  ["Further reading", externalDocsLink(channel.externalDocs)],
])}
${channel.parameters.length > 0 && html`<h4>Parameters of the address</h4><ul class="fields">${channel.parameters.map(parameter)}</ul>`}
${bindingsOf(channel.bindings, "channel")}${extensionsOf(channel.extensions)}</section>`;
}

/** A parameter of an address, or a variable of a server: a string with rules. */
export function parameter({
  name,
  description,
  enum: values,
  default: fallback,
  examples,
  location,
}: Channel["parameters"][number]): Html {
  const rules: readonly Child[] = [
    values && html`<li>one of ${values.map((value) => html`<code>${value}</code> `)}</li>`,
    fallback !== undefined && html`<li>default <code>${fallback}</code></li>`,
    examples?.map((value) => html`<li>for example <code>${value}</code></li>`),
    location && html`<li>taken from <code>${location}</code></li>`,
  ];
  return html`<li><div class="head"><code class="name">${name}</code> <code class="type">string</code></div>${description && html`<div class="about">${inlineMarkdown(description)}</div>`}${rules.some((rule) => rule) && html`<ul class="rules">${rules}</ul>`}</li>`;
}
