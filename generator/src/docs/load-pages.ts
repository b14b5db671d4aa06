import { readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Contract } from "../contract/contract.js";
import { markdownPage } from "./markdown.js";
import type { DocsPage, DocsPlugin } from "./options.js";
import type { CustomPage } from "./site.js";
import { FileNames } from "./urls.js";

/** The user's own pages: Markdown files first, then what plugins add. */
export async function loadPages(
  files: readonly string[],
  root: string,
  plugins: readonly DocsPlugin[],
  contracts: readonly Contract[],
): Promise<readonly CustomPage[]> {
  const names = new FileNames();
  const pages: CustomPage[] = [];
  for (const file of files) {
    const name = basename(file, extname(file));
    const { title, body } = markdownPage(await readFile(join(root, file), "utf8"));
    pages.push({ title: title ?? name, path: `pages/${names.claim(name)}.html`, html: body.text });
  }
  for (const plugin of plugins) {
    for (const page of (await plugin.pages?.(contracts)) ?? []) pages.push(pluginPage(page, names));
  }
  return pages;
}

function pluginPage(page: DocsPage, names: FileNames): CustomPage {
  const html = "html" in page ? page.html : markdownPage(page.markdown).body.text;
  return { title: page.title, path: `pages/${names.claim(page.name)}.html`, html };
}
