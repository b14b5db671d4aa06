import { createHash } from "node:crypto";

/**
 * The reference from one page to another, both as paths from the root of the site: relative, so that the site works
 * from a sub-path and from the file system. Names the file, since `file://` knows no index documents.
 * @example relativeUrl("restaurant/messages/createTicket.html", "assets/site.css") // "../../assets/site.css"
 */
export function relativeUrl(from: string, to: string): string {
  const [path = "", fragment] = to.split("#");
  const hash = fragment === undefined ? "" : `#${fragment}`;
  if (path === from || path === "") return hash === "" ? fileOf(from) : hash;
  const here = from.split("/").slice(0, -1);
  const there = path.split("/");
  let common = 0;
  while (common < here.length && common < there.length - 1 && here[common] === there[common]) common++;
  const steps = [...here.slice(common).map(() => ".."), ...there.slice(common).map(encodeURIComponent)];
  return steps.join("/") + hash;
}

/** Addresses seen from one page. */
export type UrlTo = (to: string) => string;

/**
 * The address if it is safe to follow: http, https, mailto, or relative; else undefined. A colon in the first part always
 * counts as the end of a scheme, because browsers drop characters that could hide one.
 */
export function safeUrl(url: string): string | undefined {
  const [first = ""] = url.replaceAll(/[\p{Cc}\p{Zs}]/gu, "").split(/[/?#]/);
  return first.includes(":") && !/^(https?|mailto):/i.test(first) ? undefined : url;
}

/**
 * Names files after things. A name that is no portable file name keeps what can stay of it and gets a hash of the
 * whole, so that the address of a page depends on its own name only. Ignores case when it tells names apart.
 */
export class FileNames {
  readonly #taken = new Set<string>();

  constructor(reserved: readonly string[] = []) {
    for (const name of reserved) this.#taken.add(name.toLowerCase());
  }

  claim(name: string): string {
    const plain = name
      .replace(/[^\p{L}\p{N}._-]+/gu, "-")
      .replace(/^[.-]+|[.-]+$/g, "")
      .slice(0, 80);
    const hashed = (salt: string): string =>
      `${plain || "x"}-${createHash("sha256")
        .update(name + salt)
        .digest("hex")
        .slice(0, 8)}`;
    let chosen = plain !== name ? hashed("") : plain;
    for (let again = 0; this.#taken.has(chosen.toLowerCase()); again++) chosen = hashed(again === 0 ? "" : `#${again}`);
    this.#taken.add(chosen.toLowerCase());
    return chosen;
  }
}

/** A fragment of a page, and the id it leads to. Without what would end or change it on the way. */
export function anchor(name: string): string {
  return name.replace(/[\s#%"'<>`]+/g, "-");
}

/** Where a saga's page shows a step. */
export function stepAnchor(path: string): string {
  return `step-${anchor(path)}`;
}

function fileOf(path: string): string {
  return encodeURIComponent(path.split("/").at(-1) ?? "");
}
