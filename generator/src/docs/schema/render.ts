import type { NamedType, SchemaNode } from "../../contract/contract.js";
import { type Child, type Html, html } from "../html.js";
import { inlineMarkdown, plainText } from "../markdown.js";
import type { Service } from "../site.js";
import { anchor, type UrlTo } from "../urls.js";
import { literal } from "./constraints.js";
import { type Choices, type Field, readFields } from "./fields.js";
import { typesOf } from "./type-label.js";

/** How much a page shows in place. */
export interface PrinterOptions {
  /** Fields on the whole page; types that no longer fit are referred to. */
  readonly fields: number;
  /** Levels of fields that are open from the start. */
  readonly open: number;
  /** Levels of named types. @default 12 */
  readonly depth?: number;
  /** Types that are referred to: shared by the pages of a service, printed on one of them. */
  readonly wanted?: Set<string>;
  /** Address of the page that prints them. @default this page */
  readonly typesAt?: string;
  /** Address of a type's own page, for those that have one. */
  readonly pageOf?: (type: string) => string | undefined;
}

/**
 * Prints the schemas of one page. Types are opened in place as long as the page stays readable; what is left is
 * printed once, by {@link SchemaPrinter.types}, and referred to.
 */
export class SchemaPrinter {
  readonly #types: ReadonlyMap<string, NamedType>;
  readonly #budget: { left: number };
  readonly #options: PrinterOptions;
  readonly #wanted: Set<string>;
  readonly #ids = new UniqueIds();

  constructor(types: ReadonlyMap<string, NamedType>, options: PrinterOptions) {
    this.#types = types;
    this.#budget = { left: options.fields };
    this.#options = options;
    this.#wanted = options.wanted ?? new Set();
  }

  /** The fields of a payload or of headers. `id` makes them reachable: `payload.items.name`. */
  print(node: SchemaNode, id: string | undefined): Child {
    const { depth = 12 } = this.#options;
    return this.#root(readFields(node, { types: this.#types, budget: this.#budget, depth }), id);
  }

  /** The types that had to be referred to, each once, in the order of the document. */
  types(): Child {
    const shown = new Set<string>();
    const sections = new Map<string, Html>();
    for (let next = first(this.#wanted, shown); next !== undefined; next = first(this.#wanted, shown)) {
      shown.add(next);
      const type = this.#types.get(next);
      if (type === undefined) continue;
      const root = readFields({ $ref: next }, { types: this.#types, budget: { left: 60 }, depth: 1 });
      sections.set(next, this.#type(type, root));
    }
    if (sections.size === 0) return undefined;
    const ordered = [...this.#types.keys()].flatMap((name) => sections.get(name) ?? []);
    return html`<section class="types${sections.size > 20 && " long"}" aria-labelledby="all-types"><h2 id="all-types">Types</h2>${ordered}</section>`;
  }

  #type(type: NamedType, root: Field): Html {
    const id = typeAnchor(type.name);
    return html`<section class="card type" id="${id}"><h3><a class="self" href="#${id}"><code>${type.name}</code></a></h3>${this.#root(root, undefined)}</section>`;
  }

  #root(root: Field, id: string | undefined): Child {
    const own = this.#own(root);
    const rest = this.#inside(root, id, 0);
    return [
      html`<p class="root">${this.#typeOf(root)}${this.#see(root)}${root.description && html` <span>${inlineMarkdown(root.description)}</span>`}</p>`,
      own,
      rest,
    ];
  }

  #inside(field: Field, id: string | undefined, depth: number): Child {
    return [
      field.children.length > 0 &&
        html`<ul class="fields">${field.children.map((child) => this.#row(child, id, depth))}</ul>`,
      field.choices.map((choices) => this.#choices(choices, id, depth)),
    ];
  }

  #row(field: Field, id: string | undefined, depth: number): Html {
    const own = id === undefined || !field.named ? undefined : this.#ids.claim(`${id}.${field.path}`);
    const name = field.named
      ? html`<code class="name">${field.name}</code>`
      : html`<span class="name word">${field.name}</span>`;
    return html`<li${own && html` id="${own}"`}><div class="head">${own ? html`<a class="self" href="#${own}">${name}</a>` : name} <code class="type">${field.type}</code>${field.schema.title && field.schema.title !== field.name && field.schema.title !== field.type && html` <span class="quiet base">${field.schema.title}</span>`}${field.base && html` <span class="quiet base">${field.base}</span>`}${this.#flags(field)}${this.#see(field)}</div>${
      field.description && html`<div class="about">${inlineMarkdown(field.description)}</div>`
    }${this.#own(field)}${this.#nested(field, id, depth + 1)}</li>`;
  }

  #nested(field: Field, id: string | undefined, depth: number): Child {
    if (field.children.length === 0 && field.choices.length === 0) return undefined;
    const open = depth <= this.#options.open && html` open`;
    const count = field.children.length;
    const isList = typesOf(field.schema.type).includes("array");
    const each = isList ? ` of each item${field.each === undefined ? "" : `: ${plainText(field.each)}`}` : "";
    const whole = count === 1 && field.children[0]?.named === false;
    const fields = whole ? "more" : `${count} ${count === 1 ? "field" : "fields"}${each}`;
    const label = count === 0 ? "choices" : fields;
    return html`<details${open}><summary>${label}<span class="hidden"> of ${field.name}</span></summary>${this.#inside(field, id, depth)}</details>`;
  }

  #choices({ keyword, options }: Choices, id: string | undefined, depth: number): Html {
    return html`<div class="choices"><p>${KEYWORDS[keyword]}</p><ul class="fields">${options.map((option) => this.#option(option, id, depth))}</ul></div>`;
  }

  #option(field: Field, id: string | undefined, depth: number): Html {
    const title =
      field.schema.title !== undefined && field.schema.title !== field.type ? field.schema.title : undefined;
    return html`<li><div class="head"><code class="type">${field.type}</code>${title && html` <span class="word">${title}</span>`}${this.#flags(field)}${this.#see(field)}</div>${
      field.description && html`<div class="about">${inlineMarkdown(field.description)}</div>`
    }${this.#own(field)}${this.#nested({ ...field, name: title ?? field.type }, id, depth + 1)}</li>`;
  }

  #flags({ required, deprecated, schema }: Field): Child {
    return [
      required && html` <span class="flag required">required</span>`,
      deprecated && html` <span class="flag deprecated">deprecated</span>`,
      schema.readOnly === true && html` <span class="flag">read only</span>`,
      schema.writeOnly === true && html` <span class="flag">write only</span>`,
      schema["x-secret"] === true && html` <span class="flag">secret</span>`,
    ];
  }

  #see(field: Field): Child {
    if (field.seeType === undefined) return undefined;
    const page = this.#options.pageOf?.(field.seeType);
    if (page !== undefined) return html` <a class="see" href="${page}">see ${field.seeType}</a>`;
    this.#wanted.add(field.seeType);
    return html` <a class="see" href="${this.#options.typesAt}#${typeAnchor(field.seeType)}">see ${field.seeType}</a>`;
  }

  /** The name of a type leads to its page. */
  #typeOf(field: Field): Html {
    const { $ref } = field.schema;
    const page = $ref === undefined || $ref !== field.type ? undefined : this.#options.pageOf?.($ref);
    const label = html`<code class="type">${field.type}</code>`;
    return page === undefined ? label : html`<a href="${page}">${label}</a>`;
  }

  /** Format, constraints, allowed values, default and examples of the value itself. */
  #own({ schema, constraints }: Field): Child {
    const parts: readonly Child[] = [
      schema.format && html`<li>format <code>${schema.format}</code></li>`,
      constraints.map((text) => html`<li>${text}</li>`),
      schema.enum &&
        html`<li>one of ${schema.enum.slice(0, 60).map((value) => html`<code>${literal(value)}</code> `)}${schema.enum.length > 60 && `and ${schema.enum.length - 60} more`}</li>`,
      schema.discriminator && html`<li>told apart by <code>${schema.discriminator}</code></li>`,
      schema.default !== undefined && html`<li>default <code>${literal(schema.default)}</code></li>`,
      schema.examples?.slice(0, 3).map((value) => html`<li>for example <code>${literal(value)}</code></li>`),
      Object.entries(schema)
        .filter(([key]) => key.startsWith("x-") && key !== "x-secret")
        .map(([key, value]) => html`<li>${key} <code>${literal(value)}</code></li>`),
    ];
    return parts.flat().some((part) => part) && html`<ul class="rules">${parts}</ul>`;
  }
}

const KEYWORDS: { readonly [keyword in Choices["keyword"]]: string } = {
  oneOf: "Exactly one of",
  anyOf: "At least one of",
  allOf: "All of",
  not: "Not",
  if: "If it is",
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: "then it is also",
  else: "otherwise it is also",
  contains: "Contains at least one",
  propertyNames: "Names of properties are",
};

/** Ids of one page: fields of several choices may have the same path. */
export class UniqueIds {
  readonly #counts = new Map<string, number>();

  claim(path: string): string {
    const id = anchor(path);
    const count = (this.#counts.get(id) ?? 0) + 1;
    this.#counts.set(id, count);
    return count === 1 ? id : `${id}~${count}`;
  }
}

function typeAnchor(name: string): string {
  return `type-${anchor(name)}`;
}

function first(wanted: ReadonlySet<string>, shown: ReadonlySet<string>): string | undefined {
  for (const name of wanted) if (!shown.has(name)) return name;
  return undefined;
}

/** Addresses of the pages of a service's schemas, seen from one page. */
export function schemaPages({ schemas }: Service, url: UrlTo): (type: string) => string | undefined {
  return (type) => {
    const entry = schemas.get(type);
    return entry && url(entry.path);
  };
}
