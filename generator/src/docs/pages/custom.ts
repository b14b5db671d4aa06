import { trusted } from "../html.js";
import type { Page } from "../layout.js";
import type { CustomPage } from "../site.js";

/** A page of the user's own, in the frame of the site. */
export function customPage({ title, path, html }: CustomPage): Page {
  return { path, title, main: trusted(html) };
}
