import type { Origin } from "../../contract/contract.js";

/** A documentation comment of these paragraphs, on one line where there is one line; nothing where there is none. */
export function comment(paragraphs: readonly (string | undefined)[], depth = 0): string {
  const lines = paragraphs.flatMap((paragraph) => safeLines(paragraph ?? ""));
  const margin = "  ".repeat(depth);
  if (lines.length === 0) return "";
  if (lines.length === 1) return `${margin}/** ${lines[0]} */\n`;
  return `${margin}/**\n${lines.map((text) => `${margin} * ${text}`.trimEnd()).join("\n")}\n${margin} */\n`;
}

/** One line of text that cannot end the comment it stands in. */
export const inline = (text: string): string => safeLines(text).join(" ");

/** Names the place in the sources: a pointer, with its file where that is not the document itself. */
export function see(origin: Origin, document: Origin): string {
  const place = origin.file === document.file ? origin.pointer : `${origin.file}${origin.pointer}`;
  return `@see \`${inline(place).replaceAll("`", "'")}\``;
}

// Control characters, and direction marks that make code look like other code; but not tabs and what joins emoji.
const invisible = /(?![\t\u200c\u200d])[\p{Cc}\p{Cf}]/gu;

function safeLines(text: string): string[] {
  const lines = text.replaceAll("\r\n", "\n").split(/[\n\r\u2028\u2029]/);
  const safe = lines.map((one) => one.replace(invisible, "").replaceAll("*/", "*\\/").trimEnd());
  const first = safe.findIndex((one) => one !== "");
  const last = safe.findLastIndex((one) => one !== "");
  return first < 0 ? [] : safe.slice(first, last + 1);
}
