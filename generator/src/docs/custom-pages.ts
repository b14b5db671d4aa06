import { readFile } from "node:fs/promises";
import { basename, extname, join, posix } from "node:path";
import type { DocsOptions, DocsPage, DocsPlugin } from "../config/docs-options.js";
import type { Contract } from "../contract/contract.js";
import { html } from "./html.js";
import { findFiles } from "./load-modules.js";
import { markdownPage } from "./markdown.js";
import type { CustomPage, Heading } from "./site.js";
import { FileNames, relativeUrl } from "./urls.js";

/** A Markdown file that becomes a page. */
export interface PageFile {
  /** Relative to the root. */
  readonly file: string;
  /** Heading of the navigation under which it stands. */
  readonly group: string;
}

const OTHERS = "Pages";

/** The Markdown files that the configuration asks for, each once, in its order. */
export async function findPages(pages: NonNullable<DocsOptions["pages"]>, root: string): Promise<readonly PageFile[]> {
  const found = new Map<string, PageFile>();
  for (const one of pages) {
    const [group, globs] = typeof one === "string" ? [OTHERS, [one]] : [one.title, one.pages];
    for (const glob of globs) {
      for (const file of await findFiles([glob], root)) if (!found.has(file)) found.set(file, { file, group });
    }
  }
  return [...found.values()];
}

/** The user's own pages: Markdown files first, then what plugins add. */
export async function loadPages(
  files: readonly PageFile[],
  root: string,
  plugins: readonly DocsPlugin[],
  contracts: readonly Contract[],
): Promise<readonly CustomPage[]> {
  const names = new FileNames();
  const nameOf = pageNames(files.map(({ file }) => file));
  const paths = new Map(files.map(({ file }) => [file, `pages/${names.claim(nameOf(file))}.html`]));
  const pages: CustomPage[] = [];
  for (const { file, group } of files) {
    const path = String(paths.get(file));
    const text = await readFile(join(root, file), "utf8");
    const { title, body, headings } = markdownPage(text, (link) => linkBetween(file, path, link, paths));
    pages.push({ title: title ?? nameOf(file), group, path, html: withContents(body.text, headings), headings });
  }
  for (const plugin of plugins) {
    for (const page of (await plugin.pages?.(contracts)) ?? []) pages.push(pluginPage(page, names));
  }
  return pages;
}

function pluginPage(page: DocsPage, names: FileNames): CustomPage {
  const path = `pages/${names.claim(page.name)}.html`;
  if ("html" in page) return { title: page.title, group: OTHERS, path, html: page.html, headings: [] };
  const { body, headings } = markdownPage(page.markdown);
  return { title: page.title, group: OTHERS, path, html: body.text, headings };
}

/** Puts the contents of a long page below its title. */
function withContents(body: string, headings: readonly Heading[]): string {
  const listed = headings.filter(({ level }) => level === 2 || level === 3);
  if (listed.length < FEW) return body;
  const lines = listed.map(
    ({ title, id, level }) => html`<li class="level-${level ?? 2}"><a href="#${id}">${title}</a></li>`,
  );
  const contents = html`<details class="folded contents"><summary>On this page</summary><ul>${lines}</ul></details>`;
  const title = "</h1>\n";
  const at = body.includes(title) ? body.indexOf(title) + title.length : 0;
  return `${body.slice(0, at)}${contents.text}${body.slice(at)}`;
}

const FEW = 8;

/** A link from one Markdown file to another leads from page to page; every other link stays as it is. */
function linkBetween(file: string, path: string, link: string, paths: ReadonlyMap<string, string>): string {
  const [to = "", fragment] = link.split("#");
  if (to === "" || /^([a-z][a-z0-9+.-]*:|\/)/i.test(to)) return link;
  const target = paths.get(posix.join(posix.dirname(file), decodeURI(to)));
  return target === undefined ? link : relativeUrl(path, fragment === undefined ? target : `${target}#${fragment}`);
}

/**
 * What the page of a Markdown file is called: as the file, an index or a README as its folder, without a number that
 * only puts files in order. Files that would share a name are called with their folders in front, all of them and as far
 * as they have to, so that a new one renames none.
 */
function pageNames(files: readonly string[]): (file: string) => string {
  const partsOf = (file: string): readonly string[] => {
    const parts = file.split("/");
    const name = basename(parts.pop() ?? "", extname(file));
    const isIndex = /^(index|readme)$/i.test(name) && parts.length > 0;
    return isIndex ? parts : [...parts, name.replace(/^\d+[-_. ]+(?=.)/, "")];
  };
  const nameOf = (file: string, length: number): string => partsOf(file).slice(-length).join("-").toLowerCase();
  return (file) => {
    const parts = partsOf(file);
    let length = 1;
    const isShared = (): boolean => files.some((one) => one !== file && nameOf(one, length) === nameOf(file, length));
    while (length < parts.length && isShared()) length += 1;
    return parts.slice(-length).join("-");
  };
}
