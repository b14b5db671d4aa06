import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { trusted } from "./html.js";
import { layout, type Page } from "./layout.js";
import { changelogPage } from "./pages/changelog.js";
import { messagePage } from "./pages/message.js";
import { sagaPage } from "./pages/saga.js";
import { schemaPage } from "./pages/schema.js";
import { servicePage } from "./pages/service.js";
import { startPage } from "./pages/start.js";
import { searchIndex } from "./search-index.js";
import type { Site } from "./site.js";

/** A file of the site. `path` is relative to its root, with `/`. */
export interface SiteFile {
  readonly path: string;
  readonly content: string;
}

/** All files of the site, one after the other, so that no more than one page is held at a time. */
export async function* renderSite(site: Site): AsyncGenerator<SiteFile> {
  for (const page of pagesOf(site)) yield { path: page.path, content: layout(site, page) };
  for (const download of site.services.flatMap((service) => service.downloads)) yield download;
  yield { path: "assets/search-index.js", content: searchIndex(site) };
  for (const name of [...SCRIPTS, ...(site.live ? ["live.js"] : [])]) {
    yield { path: `assets/${name}`, content: await readAsset(name) };
  }
  yield { path: "assets/minisearch.js", content: await readMiniSearch() };
  const styles = await Promise.all(STYLES.map((name) => readAsset(`styles/${name}.css`)));
  yield { path: "assets/site.css", content: styles.join("\n") };
  // GitHub Pages drops files whose names start with an underscore, unless told otherwise.
  yield { path: ".nojekyll", content: "" };
}

const SCRIPTS = ["theme.js", "site.js", "search.js"];

/** In the order of the cascade; one file in the site. */
const STYLES = ["base", "frame", "content", "operations", "fields", "code", "drawings", "media"];

// Beside this file in the sources, and beside the bundle in the package.
function readAsset(name: string): Promise<string> {
  return readFile(new URL(`./assets/${name}`, import.meta.url), "utf8");
}

// Beside the bundle in the package; in the sources where it is installed.
async function readMiniSearch(): Promise<string> {
  const packed = new URL("./assets/minisearch.js", import.meta.url);
  if (existsSync(packed)) return readFile(packed, "utf8");
  const main = createRequire(import.meta.url).resolve("minisearch");
  return readFile(join(dirname(main), "../umd/index.js"), "utf8").then((text) => text.replace(/^\/\/# source.*$/m, ""));
}

function* pagesOf(site: Site): Generator<Page> {
  yield startPage(site);
  for (const service of site.services) {
    const wanted = new Set<string>();
    for (const message of service.messages.values()) yield messagePage(site, service, message, wanted);
    for (const schema of service.schemas.values()) yield schemaPage(service, schema, wanted);
    yield servicePage(site, service, wanted);
    if (service.changelog !== undefined) yield changelogPage(service, service.changelog);
  }
  for (const saga of site.sagas) yield sagaPage(site, saga);
  for (const { path, title, html } of site.pages) yield { path, title, main: trusted(html) };
}
