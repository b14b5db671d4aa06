import type { SecurityScheme, Server } from "../../contract/contract.js";
import {
  bindingsOf,
  extensionsOf,
  externalDocsLink,
  facts,
  folded,
  json,
  securityDetails,
  securityOf,
  serverAddress,
  tagList,
} from "../components.js";
import { codeBlock } from "../highlight.js";
import { type Child, type Html, html } from "../html.js";
import { inlineMarkdown, markdown } from "../markdown.js";
import { anchor } from "../urls.js";
import { parameter } from "./channel.js";

/** Where to connect, in a line for each server: what a developer looks for first. */
export function connectTable(servers: readonly Server[]): Child {
  if (servers.length === 0) return undefined;
  const rows = servers.map(
    (server) =>
      html`<tr><th scope="row"><a href="#${serverAnchor(server)}">${server.title ?? server.name}</a></th><td data-label="Address"><code class="address">${serverAddress(server)}</code></td><td data-label="Protocol">${protocolOf(server)}</td><td data-label="Security">${securityOf(server.security) ?? html`<span class="quiet">none is asked for</span>`}</td></tr>`,
  );
  return html`<section aria-labelledby="service-connect"><h2 id="service-connect">Where to connect</h2><div class="scroll" tabindex="0" role="group" aria-label="Where to connect"><table class="stack"><thead><tr><th scope="col">Server</th><th scope="col">Address</th><th scope="col">Protocol</th><th scope="col">Security</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

/** Each server in full: variables, flows and scopes, bindings. */
export function serversSection(servers: readonly Server[]): Child {
  if (servers.length === 0) return undefined;
  return html`<section aria-labelledby="service-servers"><h2 id="service-servers">Servers</h2>${servers.map(serverCard)}</section>`;
}

function serverCard(server: Server): Html {
  const { name, title, summary, description, variables, security } = server;
  return html`<section class="card" id="${serverAnchor(server)}"><h3>${title ?? name}${title !== undefined && html` <span class="quiet">${name}</span>`}</h3><p class="kicker"><code class="address">${serverAddress(server)}</code></p>${summary && html`<p class="lead">${inlineMarkdown(summary)}</p>`}${description && markdown(description)}${tagList(server.tags)}
${facts([
  ["Protocol", protocolOf(server)],
  ["Security", securityOf(security)],
  ["Further reading", externalDocsLink(server.externalDocs)],
])}
${variables.length > 0 && html`<h4>Variables</h4><ul class="fields">${variables.map((variable) => parameter({ ...variable, origin: server.origin }))}</ul>`}
${securityDetails(security)}${schemes(security)}${bindingsOf(server.bindings, "server")}${extensionsOf(server.extensions)}</section>`;
}

const protocolOf = ({ protocol, protocolVersion = "" }: Server): string => `${protocol} ${protocolVersion}`.trim();

const serverAnchor = ({ name }: Server): string => `server-${anchor(name)}`;

/** The schemes as the document has them. */
function schemes(security: readonly SecurityScheme[]): Child {
  const further = security.filter(({ details }) =>
    Object.keys(details).some((key) => !["type", "description"].includes(key)),
  );
  return further.map(({ name, details }) => folded(`Security: ${name}`, codeBlock(json(details), "json", name)));
}
