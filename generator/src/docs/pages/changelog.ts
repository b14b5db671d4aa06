import type { Change } from "../../diff/change.js";
import { type Html, html } from "../html.js";
import type { Page } from "../layout.js";
import type { Service, Version } from "../site.js";
import { anchor, relativeUrl } from "../urls.js";

/** How the document became what it is: newest first, breaking changes on top. */
export function changelogPage(service: Service, path: string): Page {
  const { versions } = service;
  const url = relativeUrl(path, service.path);
  return {
    path,
    title: `${service.label}: changelog`,
    summary: `What changed in ${service.label}, from ${versions[0]?.from ?? ""} to ${service.contract.version}.`,
    service,
    main: html`<header class="title"><p class="kicker"><a href="${url}">${service.label}</a></p><h1>Changelog</h1></header>${[...versions].reverse().map(version)}`,
  };
}

function version({ from, to, changes }: Version): Html {
  const id = `version-${anchor(to)}`;
  const sorted = [...changes].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
  return html`<section class="card" id="${id}"><h2><a class="self" href="#${id}">${to}</a> <span class="quiet">since ${from}</span></h2>${
    changes.length === 0
      ? html`<p class="quiet">Nothing that others would notice.</p>`
      : html`<ul class="changes">${sorted.map(change)}</ul>`
  }</section>`;
}

const ORDER: readonly Change["level"][] = ["breaking", "unknown", "compatible"];

function change({ level, what, pointer, side }: Change): Html {
  const whom = side === "both" ? "both sides" : side;
  return html`<li><span class="badge ${level}">${level}</span> ${what} <span class="quiet">for ${whom}</span> <code class="pointer">${pointer}</code></li>`;
}
