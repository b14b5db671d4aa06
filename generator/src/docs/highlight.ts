import core from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import typescript from "highlight.js/lib/languages/typescript";
import yaml from "highlight.js/lib/languages/yaml";
import { escapeText, type Html, html, trusted } from "./html.js";

export type Language = "typescript" | "json" | "yaml" | "bash" | "text";

/** Code longer than this is shown plain: its marks would cost more than the text. Characters. */
const LONGEST = 40_000;

const highlighter = core.newInstance();
highlighter.registerLanguage("bash", bash);
highlighter.registerLanguage("json", json);
highlighter.registerLanguage("typescript", typescript);
highlighter.registerLanguage("yaml", yaml);

/** Code with its words marked, at build time. */
export function highlight(code: string, language: Language): Html {
  if (language === "text" || code.length > LONGEST) return trusted(escapeText(code));
  return trusted(highlighter.highlight(code, { language, ignoreIllegals: true }).value);
}

/** A block of code that can be copied. `label` says what it is, to the eye and to a screen reader. */
export function codeBlock(code: string, language: Language, label: string): Html {
  return html`<figure class="code"><figcaption>${label}</figcaption><pre tabindex="0" aria-label="${label}"><code>${highlight(code, language)}</code></pre></figure>`;
}
