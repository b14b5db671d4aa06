import { type Child, type Html, html } from "../html.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Drawings up to this width are scaled down to the page; wider ones are scrolled, since their text would be too small. */
const WIDE = 1_180;

/** How large a wide drawing is shown. */
const SCALE = 0.9;

/** A drawing with a name for those who do not see it. Scales down to the page, never up. */
export function drawing(size: Size, title: string, content: Child): Html {
  const width = Math.ceil(size.width);
  const height = Math.ceil(size.height);
  const scale = width > WIDE ? SCALE : 1;
  return html`<div class="drawing" tabindex="0" role="group" aria-label="${title}"><svg xmlns="http://www.w3.org/2000/svg"${scale < 1 && html` class="wide"`} viewBox="0 0 ${width} ${height}" width="${Math.round(width * scale)}" height="${Math.round(height * scale)}" role="graphics-document document" aria-label="${title}">
<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="tip" d="M0 0 10 5 0 10z"/></marker></defs>
${content}
</svg></div>`;
}

/** Width of text in the drawings' 13 px font, near enough to give it room. */
export function textWidth(text: string, size = 13): number {
  let width = 0;
  for (const character of text) width += WIDTHS(character);
  return width * size;
}

/** The text, cut to a width. The element that it labels has the whole text as its title. */
export function fit(text: string, width: number, size = 13): string {
  if (textWidth(text, size) <= width) return text;
  let cut = "";
  for (const character of text) {
    if (textWidth(`${cut}${character}…`, size) > width) break;
    cut += character;
  }
  return `${cut}…`;
}

/** A line through points, with round corners. */
export function path(points: readonly Point[], radius = 8): string {
  const [start, ...rest] = points;
  if (start === undefined) return "";
  let d = `M${at(start)}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    const before = index === 0 ? start : rest[index - 1];
    if (next === undefined || before === undefined) d += `L${at(point)}`;
    else d += `L${at(towards(point, before, radius))}Q${at(point)} ${at(towards(point, next, radius))}`;
  });
  return d;
}

function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length === 0) return from;
  const share = Math.min(0.5, distance / length);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

const round = (value: number): number => Math.round(value * 10) / 10;
const at = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;

function WIDTHS(character: string): number {
  if (/[iljt.,:;'|!()[\]f ]/.test(character)) return 0.34;
  if (/[mwMW@—…]/.test(character)) return 0.88;
  if (/[A-Z]/.test(character)) return 0.68;
  return (character.codePointAt(0) ?? 0) > 0x2e80 ? 1 : 0.57;
}
