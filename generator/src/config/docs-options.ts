import type { Contract } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";

/** What `docs` in the configuration may say. Paths and globs are relative to the configuration. */
export interface DocsOptions {
  /** @default "Services and sagas" */
  readonly title?: string;
  /** Folder of the site. Files that are no longer wanted are removed from it; files of others are not. @default "site" */
  readonly out?: string;
  /** An image, shown beside the title. */
  readonly logo?: string;
  /** A style sheet that comes after the site's own: set its variables, `:root { --accent: #b03060; }`. */
  readonly css?: string;
  /** Modules that export sagas: `["src/sagas/*.ts"]`. */
  readonly sagas?: readonly string[];
  /**
   * Pages of your own, in Markdown. The first heading is the title; links between the files become links between the
   * pages; a number in front of a file's name only puts it in order.
   * @default none
   * @example ["docs/*.md", { title: "Runbooks", pages: ["runbooks/*.md"] }]
   */
  readonly pages?: readonly (string | PageGroup)[];
  /** Older versions of a service's document, oldest first: `{ restaurant: ["specs/old/restaurant-0.9.yaml"] }`. */
  readonly versions?: { readonly [service: string]: readonly string[] };
  /**
   * A further page for each service, drawn by script with the official component. Needs `@asyncapi/react-component` in
   * your project; 3 MB, and outside of what is promised of the other pages. @default false
   */
  readonly reference?: boolean;
  /**
   * Operations whose other end is in none of the documents, so that `--check` does not miss it: `["order.createOrder"]`,
   * `["order.*"]` for all of a service, `["*"]` for all.
   */
  readonly external?: readonly string[];
  /**
   * How bad what `--check` finds is; errors and warnings make it fail. `"off"` finds nothing.
   * @default broken-link: "error", unused-operation: "warning", undescribed-message and message-without-example: "info"
   */
  readonly check?: { readonly [Code in CheckCode]?: Diagnostic["severity"] | "off" };
}

/** Pages that stand together in the navigation. */
export interface PageGroup {
  readonly title: string;
  /** Paths and globs. */
  readonly pages: readonly string[];
}

/** What `docs --check` looks for. */
export type CheckCode = "broken-link" | "unused-operation" | "undescribed-message" | "message-without-example";

/** A page that a plugin adds to the site: Markdown, or HTML of which nothing is escaped. */
export type DocsPage = { readonly name: string; readonly title: string } & (
  | { readonly markdown: string }
  | { readonly html: string }
);

/** The part of a plugin that the site asks. */
export interface DocsPlugin {
  /** Pages to add. `name` becomes the file: `pages/<name>.html`. */
  pages?(contracts: readonly Contract[]): readonly DocsPage[] | Promise<readonly DocsPage[]>;
}
