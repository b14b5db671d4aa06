import { type Child, type Html, html } from "../html.js";
import type { ActionOutline, GroupOutline, SagaOutline, StepOutline } from "../sagas/outline.js";
import { allSteps } from "../sagas/outline.js";
import { actionWords, shortTime, stepWords, target } from "../sagas/words.js";
import { type Site, targetPath } from "../site.js";
import { stepAnchor, type UrlTo } from "../urls.js";
import { type Anchor, arrow, type Block, column, fork } from "./flow-layout.js";
import { drawing, fit, type Point, textWidth } from "./svg.js";

const STEP_HEIGHT = 58;
const UNDO_HEIGHT = 44;

/** Boxes are as wide as the longest name asks for, within these. */
const STEP_WIDTH = { least: 170, most: 330 };
const UNDO_WIDTH = { least: 140, most: 280 };
const ASIDE = 36;
const MARGIN = 20;

/** What the graph needs to link to operations. */
export interface GraphContext {
  readonly site: Site;
  readonly url: UrlTo;
}

/** With the sizes of the boxes, which are the same in all of a graph. */
interface Sized extends GraphContext {
  readonly step: { readonly width: number; readonly height: number };
  readonly undo: { readonly width: number; readonly height: number };
}

function sized(saga: SagaOutline, context: GraphContext): Sized {
  const steps = allSteps(saga.steps);
  const step = steps.map((one) =>
    Math.max(textWidth(one.name) * 1.1 + textWidth(shortTime(one), 12) + 44, textWidth(stepWords(one), 12) + 28),
  );
  const undo = steps.flatMap((one) =>
    one.compensate === undefined
      ? []
      : [Math.max(textWidth(undoWords(one.compensate), 12), textWidth(`undo ${one.name}`, 12)) + 28],
  );
  const within = ({ least, most }: typeof STEP_WIDTH, widths: readonly number[]): number =>
    Math.ceil(Math.min(most, Math.max(least, ...widths)));
  return {
    ...context,
    step: { width: within(STEP_WIDTH, step), height: STEP_HEIGHT },
    undo: { width: within(UNDO_WIDTH, undo), height: UNDO_HEIGHT },
  };
}

const undoWords = (undo: ActionOutline): string => target(undo) || actionWords(undo.kind);

/** The steps of a saga from top to bottom, and beside them, from bottom to top, what undoes them. */
export function sagaGraph(saga: SagaOutline, given: GraphContext): Html {
  const context = sized(saga, given);
  const body = column([
    pill("start", 74),
    ...saga.steps.map((step) => stepBlock(step, context)),
    pill("completed", 110),
  ]);
  const drawn = body.draw({ x: MARGIN, y: MARGIN });
  const size = { width: body.width + 2 * MARGIN, height: body.height + 2 * MARGIN };
  return drawing(size, `Steps of the saga ${saga.name}`, [drawn.content, undoChain(drawn.undo)]);
}

/** The way back: each compensation leads to the one above it. Those side by side are in no order. */
function undoChain(undo: readonly Anchor[]): Child {
  return undo.slice(1).map((from, index) => {
    const to = undo[index];
    if (!to || to.bottom.y > from.top.y) return undefined;
    const middle = (from.top.y + to.bottom.y) / 2;
    return arrow([from.top, { x: from.top.x, y: middle }, { x: to.bottom.x, y: middle }, to.bottom], "edge undo");
  });
}

function stepBlock(step: StepOutline, context: Sized): Block {
  const own = single(step, context);
  if (step.groups.length === 0) return step.pivot ? column([own, pivotLine(context.step.width)]) : own;
  const lanes = step.groups.map((group) => ({ label: group.label, block: groupBlock(group, context) }));
  const inside = fork(lanes, step.kind === "branch" ? undefined : step.kind);
  return stacked(own, inside);
}

function groupBlock(group: GroupOutline, context: Sized): Block {
  return group.steps.length === 0
    ? pill("nothing to do", 120)
    : column(group.steps.map((step) => stepBlock(step, context)));
}

/** Two blocks without an arrow between: the fork below draws its own. */
function stacked(first: Block, second: Block): Block {
  const axis = Math.max(first.axis, second.axis);
  return {
    axis,
    width: axis + Math.max(first.width - first.axis, second.width - second.axis),
    height: first.height + second.height,
    draw({ x, y }) {
      const upper = first.draw({ x: x + axis - first.axis, y });
      const lower = second.draw({ x: x + axis - second.axis, y: y + first.height });
      return { content: [upper.content, lower.content], undo: [...upper.undo, ...lower.undo] };
    },
  };
}

function single(step: StepOutline, context: Sized): Block {
  const undo = step.compensate;
  const onlyUndo = step.action === undefined && undo !== undefined && step.groups.length === 0;
  return {
    axis: context.step.width / 2,
    width: context.step.width + (undo === undefined ? 0 : ASIDE + context.undo.width),
    height: context.step.height,
    draw({ x, y }) {
      const corner = { x: x + context.step.width + ASIDE, y: y + (context.step.height - context.undo.height) / 2 };
      const middle = y + context.step.height / 2;
      return {
        content: [
          stepBox(step, { x, y }, context),
          undo &&
            arrow(
              [
                { x: x + context.step.width, y: middle },
                { x: corner.x, y: middle },
              ],
              "edge undo",
            ),
          undo && undoBox(undo, step, corner, context),
          onlyUndo && html`<title>${step.name} does nothing forward</title>`,
        ],
        undo: undo === undefined ? [] : [anchorOf(corner, context.undo)],
      };
    },
  };
}

function anchorOf({ x, y }: Point, size: Sized["undo"]): Anchor {
  const middle = x + size.width / 2;
  return { top: { x: middle, y }, bottom: { x: middle, y: y + size.height } };
}

function stepBox(step: StepOutline, { x, y }: Point, context: Sized): Child {
  const detail = stepWords(step);
  const wait = shortTime(step);
  const classes = ["node", "step", step.kind, step.pivot && "pivot", step.conditional && "conditional"].filter(
    (one) => one,
  );
  const box = html`<rect x="${x}" y="${y}" width="${context.step.width}" height="${context.step.height}" rx="${step.kind === "run" ? 4 : 10}"/><text class="strong start" x="${x + 14}" y="${y + 24}">${fit(step.name, context.step.width - 40 - textWidth(wait, 12))}</text><text class="small end" x="${x + context.step.width - 12}" y="${y + 24}">${wait}</text><text class="small start" x="${x + 14}" y="${y + 44}">${fit(detail, context.step.width - 28, 12)}</text>`;
  return linked(step.action, step, `${step.name}: ${detail}`, classes.join(" "), box, context);
}

function undoBox(undo: ActionOutline, step: StepOutline, { x, y }: Point, context: Sized): Child {
  const detail = undoWords(undo);
  const box = html`<rect x="${x}" y="${y}" width="${context.undo.width}" height="${context.undo.height}" rx="10"/><text class="small start quiet" x="${x + 12}" y="${y + 18}">undo ${fit(step.name, context.undo.width - 60, 12)}</text><text class="small start" x="${x + 12}" y="${y + 35}">${fit(detail, context.undo.width - 24, 12)}</text>`;
  return linked(undo, step, `undo ${step.name}: ${detail}`, "node undo", box, context);
}

/** Boxes of operations and of child sagas lead to them; the others to their line in the table. */
function linked(
  action: ActionOutline | undefined,
  step: StepOutline,
  title: string,
  classes: string,
  box: Html,
  { site, url }: GraphContext,
): Child {
  const href = url(targetPath(site, action) ?? `#${stepAnchor(step.path)}`);
  return html`<a href="${href}" class="${classes}"><title>${title}</title>${box}</a>`;
}

function pill(label: string, width: number): Block {
  const height = 30;
  return {
    axis: width / 2,
    width,
    height,
    draw: ({ x, y }) => ({
      content: html`<g class="node terminal"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="15"/><text x="${x + width / 2}" y="${y + 20}">${label}</text></g>`,
      undo: [],
    }),
  };
}

function pivotLine(width: number): Block {
  return {
    axis: width / 2,
    width,
    height: 22,
    draw: ({ x, y }) => ({
      content: html`<path class="edge point-of-no-return" d="M${x} ${y + 11}H${x + width}"/><rect class="label" x="${x + 30}" y="${y + 1}" width="${width - 60}" height="20" rx="4"/><text class="small" x="${x + width / 2}" y="${y + 15}">pivot: no way back from here</text>`,
      undo: [],
    }),
  };
}
