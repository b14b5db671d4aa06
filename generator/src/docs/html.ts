/** HTML that is known to be well-formed: everything put into it was escaped, or is {@link Html} itself. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes. `false`, `null` and `undefined` print nothing, so that `condition && html` reads well. */
export type Child = Html | string | number | false | null | undefined | readonly Child[];

/**
 * Text in, markup out: every interpolated string is escaped, in content and in (quoted) attributes alike.
 * @example html`<a href="${url}">${name}</a>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly Child[]): Html {
  let text = strings[0] ?? "";
  for (let i = 0; i < values.length; i++) text += print(values[i]) + (strings[i + 1] ?? "");
  return new Html(text);
}

/** Markup made elsewhere by something that escapes: the Markdown renderer, the highlighter, a plugin's own page. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** The children that are there, with `between` them. */
export function join(children: readonly Child[], between: Child): readonly Child[] {
  return children.filter(isPresent).flatMap((child, index) => (index === 0 ? [child] : [between, child]));
}

export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function isPresent(child: Child): boolean {
  return child !== false && child !== null && child !== undefined && child !== "";
}

function print(value: Child): string {
  if (value instanceof Html) return value.text;
  if (typeof value === "string") return escapeText(value);
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(print).join("");
  return "";
}
