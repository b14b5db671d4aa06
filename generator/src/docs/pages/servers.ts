import type { Server } from "../../contract/contract.js";
import { bindingsOf, extensionsOf, facts, folded, json, securityOf } from "../components.js";
import { codeBlock } from "../highlight.js";
import { type Child, html } from "../html.js";
import { markdown } from "../markdown.js";
import { parameter } from "./channel.js";

/** Where a service can be reached, and what it asks for. */
export function serversSection(list: readonly Server[]): Child {
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
${schemes(server)}${bindingsOf(server.bindings, "server")}${extensionsOf(server.extensions)}</section>`,
  )}</section>`;
}

/** Flows, scopes, names of headers: whatever a scheme says beyond its type. */
function schemes({ security }: Server): Child {
  const told = security.filter(({ details }) =>
    Object.keys(details).some((key) => !["type", "description"].includes(key)),
  );
  return told.map(({ name, details }) => folded(`Security: ${name}`, codeBlock(json(details), "json", name)));
}
