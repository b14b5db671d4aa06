import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { html } from "./html.js";
import type { SiteFile } from "./render.js";
import type { Service, Site } from "./site.js";
import { relativeUrl } from "./urls.js";

const COMPONENT = "@asyncapi/react-component";

/**
 * A page for each service made by the official component, for those who know it. It is drawn by script in the browser,
 * and that script compiles code and writes styles: these pages allow both, still from the site itself only.
 * @throws when the component is not installed in the project
 */
export async function referenceFiles(site: Site, root: string): Promise<readonly SiteFile[]> {
  const services = site.services.filter((service) => service.reference !== undefined);
  if (services.length === 0) return [];
  return [
    { path: "assets/reference/component.js", content: await readComponent("browser/standalone/index.js", root) },
    { path: "assets/reference/component.css", content: await readComponent("styles/default.min.css", root) },
    ...services.flatMap((service) => referencePage(site, service)),
  ];
}

function referencePage(site: Site, service: Service): readonly SiteFile[] {
  const path = service.reference ?? "";
  const script = path.replace(/\.html$/, ".js");
  // The last of the downloads is the one that needs no other file.
  const schema = service.downloads.at(-1)?.content ?? "";
  const url = (to: string): string => relativeUrl(path, to);
  const policy =
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'";
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${service.contract.title}, reference · ${site.title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${url("assets/reference/component.css")}">
<style>body { font-family: system-ui, sans-serif }</style>
</head>
<body>
<p><a href="${url(service.path)}">Back to ${service.contract.title}</a></p>
<main id="reference"><noscript>This page is drawn by script.</noscript></main>
<script src="${url("assets/reference/component.js")}"></script>
<script src="${url(script)}"></script>
</body>
</html>
`;
  const options = JSON.stringify({ schema, config: { show: { errors: false } } });
  const call = `AsyncApiStandalone.render(${options}, document.getElementById("reference"));\n`;
  return [
    { path, content: page.text },
    { path: script, content: call },
  ];
}

async function readComponent(file: string, root: string): Promise<string> {
  try {
    return await readFile(createRequire(join(root, "package.json")).resolve(`${COMPONENT}/${file}`), "utf8");
  } catch (cause) {
    throw new Error(`docs.reference needs ${COMPONENT}, which is not installed; npm install --save-dev ${COMPONENT}`, {
      cause,
    });
  }
}
