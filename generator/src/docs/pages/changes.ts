import type { Change } from "../../diff/change.js";
import { type Child, type Html, html } from "../html.js";
import type { Service, Version } from "../site.js";
import { anchor } from "../urls.js";

/** How the document came to be what it is: newest first, what breaks somebody on top. */
export function changesSection(service: Service): Child {
  if (service.versions.length === 0) return undefined;
  return html`<section aria-labelledby="service-versions"><h2 id="service-versions">Versions and changes</h2>${[...service.versions].reverse().map(version)}</section>`;
}

function version({ from, to, changes }: Version): Html {
  const id = `version-${anchor(to)}`;
  const sorted = [...changes].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
  return html`<section class="card" id="${id}"><h3><a class="self" href="#${id}">${to}</a> <span class="quiet">since ${from}</span></h3>${
    changes.length === 0
      ? html`<p class="quiet">Nothing that others would notice.</p>`
      : html`<ul class="changes">${sorted.map(change)}</ul>`
  }</section>`;
}

const ORDER: readonly Change["level"][] = ["breaking", "unknown", "compatible"];

function change({ level, what, pointer, side }: Change): Html {
  const whom = side === "both" ? "everybody" : side;
  return html`<li><span class="badge ${level}">${level}</span> ${what} <span class="quiet">for ${whom}</span> <code class="pointer">${pointer}</code></li>`;
}
