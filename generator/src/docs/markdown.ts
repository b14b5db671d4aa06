import MarkdownIt from "markdown-it";
import { highlight, type Language } from "./highlight.js";
import { type Html, html, trusted } from "./html.js";
import type { Heading } from "./site.js";
import { safeUrl } from "./urls.js";

/**
 * Markdown of documents and pages. HTML in it is shown as text, and unsafe links and images stay text,
 * so that the author of a description cannot change the page. Images come only from the site itself.
 */
export function markdown(text: string): Html {
  return trusted(`<div class="prose">${renderer.render(text)}</div>`);
}

/** A single line of it: no paragraph around, for tables and lists. */
export function inlineMarkdown(text: string): Html {
  if (isPlain(text)) return html`${text.trim()}`;
  const [first = "", ...more] = text.trim().split(/\n\s*\n/);
  return trusted(renderer.renderInline(first) + (more.length > 0 ? " …" : ""));
}

/** The Markdown without its marks: for the search index and for titles. */
export function plainText(text: string): string {
  if (isPlain(text)) return text.trim();
  return renderer
    .render(text)
    .replace(/<[^>]*>/g, " ")
    .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name] ?? "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Most descriptions are a sentence without a mark: they need no parser. */
function isPlain(text: string): boolean {
  return !/[^\p{L}\p{N} .,:;'"()/?=%€$@-]/u.test(text) && !/^\s*(\d+[.)]|[-=])/.test(text);
}

const renderer = new MarkdownIt({
  html: false,
  linkify: false,
  highlight: (code, language) => highlight(code, LANGUAGES[language] ?? "text").text,
});
renderer.validateLink = (url) => safeUrl(url) !== undefined;

// A picture from another host would tell it who reads the page, and the page's policy refuses it anyway.
const image = renderer.renderer.rules.image;
renderer.renderer.rules.image = (tokens, index, options, env, self) => {
  const token = tokens[index];
  const source = String(token?.attrGet("src") ?? "");
  if (token !== undefined && /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(source)) {
    return renderer.utils.escapeHtml(token.content === "" ? source : token.content);
  }
  return image?.(tokens, index, options, env, self) ?? "";
};

renderer.renderer.rules.table_open = () => '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>';
renderer.renderer.rules.table_close = () => "</table></div>";

// The page has its own title: headings of a description start below it.
renderer.core.ruler.push("lower-headings", (state) => {
  for (const token of state.tokens) {
    if (token.type !== "heading_open" && token.type !== "heading_close") continue;
    token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + (state.env?.topLevel === true ? 0 : 3))}`;
  }
});

const LANGUAGES: { readonly [name: string]: Language } = {
  ts: "typescript",
  typescript: "typescript",
  js: "typescript",
  javascript: "typescript",
  json: "json",
  yaml: "yaml",
  yml: "yaml",
  sh: "bash",
  bash: "bash",
  shell: "bash",
};

/**
 * A page written by the user, with headings of its own, each of which can be linked to by the id that GitHub gives it.
 * `linkOf` says where a link leads in the site.
 */
export function markdownPage(
  text: string,
  linkOf: (link: string) => string = (link) => link,
): { readonly title: string | undefined; readonly body: Html; readonly headings: readonly Heading[] } {
  const title = /^#\s+(.+?)\s*#*$/m.exec(text)?.[1];
  const environment: PageEnvironment = { topLevel: true, linkOf, headings: [] };
  const body = renderer.render(text, environment);
  return {
    title: title === undefined ? undefined : plainText(title),
    body: trusted(`<div class="prose">${body}</div>`),
    headings: environment.headings,
  };
}

/** What the renderer knows of a page, and what it finds in it. Absent for descriptions. */
interface PageEnvironment {
  readonly [name: string | symbol]: unknown;
  readonly topLevel: true;
  readonly linkOf: (link: string) => string;
  readonly headings: Heading[];
}

renderer.core.ruler.push("links-and-headings", ({ env, tokens }) => {
  if (env?.topLevel !== true) return;
  const { linkOf, headings } = env as PageEnvironment;
  const taken = new Set<string>();
  tokens.forEach((token, index) => {
    for (const child of token.children ?? []) {
      const link = child.type === "link_open" ? child.attrGet("href") : null;
      if (link !== null) child.attrSet("href", linkOf(String(link)));
    }
    if (token.type === "heading_open") {
      const title = plainText(tokens[index + 1]?.content ?? "");
      const id = claimSlug(title, taken);
      if (token.tag === "h1") return;
      token.attrSet("id", id);
      headings.push({ title, id, level: Number(token.tag.slice(1)) });
    }
    const [first, ...others] = token.children ?? [];
    if (first?.type !== "anchor") return;
    const title = others
      .map((one) => one.content)
      .join("")
      .trim();
    if (title !== "") headings.push({ title, id: first.content });
  });
});

/** As GitHub makes it: `Going to production (2)` is `going-to-production-2`. */
function claimSlug(title: string, taken: Set<string>): string {
  const slug = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
  let id = slug;
  for (let again = 1; taken.has(id); again++) id = `${slug}-${again}`;
  taken.add(id);
  return id;
}

// The one piece of HTML that pages may have: a place to link to.
renderer.inline.ruler.before("html_inline", "anchor", (state, silent) => {
  if (state.env?.topLevel !== true) return false;
  const [tag, id] = /^<a id="([\w.-]+)"><\/a>/.exec(state.src.slice(state.pos)) ?? [];
  if (tag === undefined || id === undefined) return false;
  if (!silent) state.push("anchor", "a", 0).content = id;
  state.pos += tag.length;
  return true;
});
renderer.renderer.rules.anchor = (tokens, index) => `<a id="${tokens[index]?.content ?? ""}"></a>`;
