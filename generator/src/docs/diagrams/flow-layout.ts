import { type Child, html } from "../html.js";
import { type Point, path, type Size } from "./svg.js";

/** A part of a saga's graph. Control comes in at the top and leaves at the bottom, on the axis. */
export interface Block extends Size {
  /** From the left edge. */
  readonly axis: number;
  /** Draws the block with its top left corner at `corner`; gives the places of its compensations, in order. */
  draw(corner: Point): Drawn;
}

export interface Drawn {
  readonly content: Child;
  readonly undo: readonly Anchor[];
}

/** The middle of the top and of the bottom edge of a compensation. */
export interface Anchor {
  readonly top: Point;
  readonly bottom: Point;
}

const GAP = 34;
const BETWEEN = 28;

/** One under the other, axes in line, joined by arrows. */
export function column(blocks: readonly Block[]): Block {
  const axis = Math.max(0, ...blocks.map((block) => block.axis));
  const right = Math.max(0, ...blocks.map((block) => block.width - block.axis));
  const heights = blocks.reduce((sum, block) => sum + block.height, 0);
  return {
    axis,
    width: axis + right,
    height: heights + GAP * Math.max(0, blocks.length - 1),
    draw({ x, y }) {
      const content: Child[] = [];
      const undo: Anchor[] = [];
      let top = y;
      blocks.forEach((block, index) => {
        const drawn = block.draw({ x: x + axis - block.axis, y: top });
        content.push(drawn.content);
        undo.push(...drawn.undo);
        const bottom = top + block.height;
        top = bottom + GAP;
        if (index < blocks.length - 1)
          content.push(
            arrow([
              { x: x + axis, y: bottom },
              { x: x + axis, y: top },
            ]),
          );
      });
      return { content, undo };
    },
  };
}

/** Side by side, forked from the axis and joined again. Each has a label over it. A frame is drawn around by its kind. */
export function fork(
  branches: readonly { readonly label: string; readonly block: Block }[],
  frame: string | undefined,
): Block {
  const blocks = branches.map(({ block }) => block);
  const width = blocks.reduce((sum, block) => sum + block.width, 0) + BETWEEN * Math.max(0, blocks.length - 1);
  const inset = frame === undefined ? 0 : 16;
  const tallest = Math.max(0, ...blocks.map((block) => block.height));
  const axis = blocks.length === 1 ? inset + (blocks[0]?.axis ?? 0) : inset + width / 2;
  const height = tallest + 2 * GAP + 2 * inset;
  return {
    axis,
    width: width + 2 * inset,
    height,
    draw({ x, y }) {
      const content: Child[] = [];
      const undo: Anchor[] = [];
      const center = x + axis;
      if (frame !== undefined) {
        content.push(
          html`<rect class="group ${frame}" x="${x}" y="${y + 4}" width="${width + 2 * inset}" height="${height - 8}" rx="10"/>`,
        );
      }
      let left = x + inset;
      for (const { label, block } of branches) {
        const lane = left + block.axis;
        const top = y + inset + GAP;
        const bottom = top + block.height;
        const end = y + height;
        content.push(
          arrow([
            { x: center, y },
            { x: center, y: y + 12 },
            { x: lane, y: y + 12 },
            { x: lane, y: top },
          ]),
        );
        if (label !== "") content.push(html`<text class="small end" x="${lane - 8}" y="${top - 6}">${label}</text>`);
        const drawn = block.draw({ x: left, y: top });
        content.push(drawn.content);
        undo.push(...drawn.undo);
        const back = [
          { x: lane, y: bottom },
          { x: lane, y: end - 10 },
          { x: center, y: end - 10 },
          { x: center, y: end },
        ];
        content.push(html`<path class="edge" d="${path(back)}"/>`);
        left += block.width + BETWEEN;
      }
      return { content, undo };
    },
  };
}

export function arrow(points: readonly Point[], kind = "edge"): Child {
  return html`<path class="${kind}" d="${path(points)}" marker-end="url(#arrow)"/>`;
}
