import { readFile } from "node:fs/promises";
import { trusted } from "./html.js";
import { layout, type Page } from "./layout.js";
import { messagePage } from "./pages/message.js";
import { sagaPage } from "./pages/saga.js";
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

function* pagesOf(site: Site): Generator<Page> {
  yield startPage(site);
  for (const service of site.services) {
    const wanted = new Set<string>();
    for (const message of service.messages.values()) yield messagePage(site, service, message, wanted);
    yield servicePage(site, service, wanted);
  }
  for (const saga of site.sagas) yield sagaPage(site, saga);
  for (const { path, title, html } of site.pages) yield { path, title, main: trusted(html) };
}
