import { posix } from "node:path";
import type { SiteFile } from "./render.js";

/** A link of a page that leads to no file, or to no place in one. */
export interface BrokenLink {
  readonly page: string;
  readonly link: string;
}

/** Follows every link within the site. Addresses of other hosts are not visited. */
export function brokenLinks(files: readonly SiteFile[]): readonly BrokenLink[] {
  const pages = files.filter((file) => file.path.endsWith(".html"));
  const ids = new Map<string, ReadonlySet<string>>(pages.map((page) => [page.path, attributes(page.content, "id")]));
  const paths = new Set(files.map((file) => file.path));
  const binary = /^assets\/logo\./;
  return pages.flatMap((page) =>
    [...attributes(page.content, "href"), ...attributes(page.content, "src")].flatMap((link): BrokenLink[] => {
      if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(link)) return [];
      const [path = "", fragment = ""] = link.split("#");
      const target = path === "" ? page.path : posix.join(posix.dirname(page.path), decode(path));
      const file = target === "." || target.endsWith("/") ? posix.join(target, "index.html") : target;
      const found = paths.has(file) || binary.test(file);
      const there =
        fragment === "" || ids.get(file)?.has(decode(fragment)) === true || ids.get(file)?.has(fragment) === true;
      return found && there ? [] : [{ page: page.path, link }];
    }),
  );
}

function attributes(html: string, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const match of html.matchAll(new RegExp(`<[a-z][^<>]*?\\s${name}="([^"]*)"`, "gi")))
    found.add(decodeEntities(match[1] ?? ""));
  return found;
}

function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => CHARACTERS[name] ?? "");
}

const CHARACTERS: { readonly [name: string]: string } = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
