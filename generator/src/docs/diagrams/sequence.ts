import { type Child, type Html, html } from "../html.js";
import type { ActionOutline, SagaOutline, StepOutline } from "../sagas/outline.js";
import { allSteps } from "../sagas/outline.js";
import { actionWords, kindWords, target } from "../sagas/words.js";
import { findOperation, type OperationEntry, type Site, targetPath } from "../site.js";
import type { GraphContext } from "./saga-graph.js";
import { drawing, fit, textWidth } from "./svg.js";

const LANE = 210;
const ROW = 34;
const HEAD = 40;
const MARGIN = 20;

/** A line of the diagram: something sent, something done, or the edge of a frame. */
type Row =
  | {
      readonly kind: "arrow";
      readonly from: string;
      readonly to: string;
      readonly text: string;
      readonly answer: boolean;
      readonly path?: string;
    }
  | { readonly kind: "note"; readonly text: string; readonly path?: string }
  | { readonly kind: "open"; readonly text: string; readonly depth: number }
  | { readonly kind: "close"; readonly depth: number };

const SELF = "";

/** What goes between the saga and the services, in order of time; at the end, what undoes it. */
export function sequenceDiagram(saga: SagaOutline, context: GraphContext): Html {
  const { site } = context;
  const forward = saga.steps.flatMap((step) => rowsOf(step, site, 0));
  const undone = [...allSteps(saga.steps)]
    .reverse()
    .flatMap((step) => actionRows(step.compensate, `undo ${step.name}`, site));
  const rows: Row[] = [...forward];
  if (undone.length > 0)
    rows.push({ kind: "open", text: "if it fails, what was done is undone", depth: 0 }, ...undone, {
      kind: "close",
      depth: 0,
    });
  const lanes = [
    SELF,
    ...new Set(rows.flatMap((row) => (row.kind === "arrow" ? [row.from, row.to] : [])).filter((name) => name !== SELF)),
  ];
  const width = MARGIN * 2 + Math.max(2, lanes.length) * LANE + 20;
  const tops = rowTops(rows);
  const height = MARGIN + (tops.at(-1) ?? HEAD) + 2 * ROW;
  const x = (lane: string): number => MARGIN + 10 + LANE / 2 + lanes.indexOf(lane) * LANE;
  const y = (index: number): number => tops[index] ?? 0;
  return drawing({ width, height }, `Messages of the saga ${saga.name}, in order`, [
    frames(rows, width, y),
    lanes.map((lane) => lifeline(lane, saga, x(lane), height, context)),
    rows.map((row, index) => draw(row, y(index), x, context)),
  ]);
}

/** Where each line stands. The end of a frame needs only a little room. */
function rowTops(rows: readonly Row[]): readonly number[] {
  let top = MARGIN + HEAD + ROW;
  return rows.map((row) => {
    const here = row.kind === "close" ? top - ROW / 3 : top;
    top += row.kind === "close" ? ROW / 2 : ROW;
    return here;
  });
}

function rowsOf(step: StepOutline, site: Site, depth: number): Row[] {
  const own = actionRows(step.action, step.name, site);
  const groups = step.groups.flatMap((group): Row[] => [
    { kind: "open", text: [step.name, kindWords(step), group.label].filter((part) => part !== "").join(" · "), depth },
    ...(group.steps.length === 0
      ? [{ kind: "note", text: "nothing to do" } as const]
      : group.steps.flatMap((inner) => rowsOf(inner, site, depth + 1))),
    { kind: "close", depth },
  ]);
  return [...own, ...groups];
}

function actionRows(action: ActionOutline | undefined, name: string, site: Site): Row[] {
  if (action === undefined) return [];
  const entry = findOperation(site, action.operation);
  if (action.operation === undefined) {
    const path = targetPath(site, action);
    const does = action.kind === "run" ? "runs here" : `${actionWords(action.kind)} ${target(action)}`;
    return [{ kind: "note", text: `${name}: ${does}`, ...(path === undefined ? {} : { path }) }];
  }
  const service = entry?.service ?? action.operation.split(".")[0] ?? "";
  const operation = action.operation.slice(action.operation.indexOf(".") + 1);
  const link = entry === undefined ? {} : { path: entry.path };
  if (action.kind === "send" && entry?.operation.action === "send") {
    const receivers = site.flows.filter((flow) => flow.sentBy === entry.operation.id).map((flow) => flow.to.name);
    if (receivers.length === 0) return [{ kind: "note", text: `tells ${operation}`, ...link }];
    return receivers.map((to): Row => ({ kind: "arrow", from: SELF, to, text: operation, answer: false, ...link }));
  }
  if (action.kind === "wait")
    return [{ kind: "arrow", from: service, to: SELF, text: operation, answer: false, ...link }];
  const sent: Row = { kind: "arrow", from: SELF, to: service, text: operation, answer: false, ...link };
  const answer = answerOf(entry);
  if (answer === undefined) return [sent];
  return [sent, { kind: "arrow", from: service, to: SELF, text: answer, answer: true, ...link }];
}

function answerOf(entry: OperationEntry | undefined): string | undefined {
  const reply = entry?.operation.reply;
  return reply === undefined ? undefined : [...reply.success, ...reply.failure].join(" / ");
}

function lifeline(lane: string, saga: SagaOutline, x: number, height: number, { site, url }: GraphContext): Child {
  const service = site.services.find(({ contract }) => contract.service === lane);
  const name = lane === SELF ? saga.name : lane;
  const width = Math.min(LANE - 20, textWidth(name) + 32);
  const box = html`<rect x="${x - width / 2}" y="${MARGIN}" width="${width}" height="32" rx="${lane === SELF ? 16 : 8}"/><text x="${x}" y="${MARGIN + 21}">${fit(name, width - 16)}</text>`;
  const line = html`<path class="lifeline" d="M${x} ${MARGIN + 32}V${height - MARGIN}"/>`;
  const kind = lane === SELF ? "saga" : "service";
  return [
    line,
    service === undefined
      ? html`<g class="node ${kind}">${box}</g>`
      : html`<a href="${url(service.path)}" class="node ${kind}"><title>${service.label}</title>${box}</a>`,
  ];
}

function draw(row: Row, y: number, x: (lane: string) => number, { url }: GraphContext): Child {
  if (row.kind === "note") {
    const text = fit(row.text, LANE, 12);
    const width = textWidth(text, 12) + 20;
    const note = html`<rect class="paper" x="${x(SELF) - width / 2}" y="${y - 13}" width="${width}" height="24" rx="4"/><text class="small" x="${x(SELF)}" y="${y + 3}"><title>${row.text}</title>${text}</text>`;
    return row.path === undefined ? note : html`<a href="${url(row.path)}">${note}</a>`;
  }
  if (row.kind !== "arrow") return undefined;
  const [from, to] = [x(row.from), x(row.to)];
  const text = fit(row.text, Math.abs(to - from) - 16, 12);
  const drawn = html`<title>${row.text}</title><path class="edge${row.answer && " answer"}" d="M${from} ${y + 6}H${to}" marker-end="url(#arrow)"/><text class="small" x="${(from + to) / 2}" y="${y}">${text}</text>`;
  return row.path === undefined ? html`<g>${drawn}</g>` : html`<a href="${url(row.path)}">${drawn}</a>`;
}

function frames(rows: readonly Row[], width: number, y: (index: number) => number): Child {
  return rows.map((row, index) => {
    if (row.kind !== "open") return undefined;
    const end = rows.findIndex((other, at) => at > index && other.kind === "close" && other.depth === row.depth);
    const inset = MARGIN / 2 + row.depth * 10;
    const top = y(index) - 14;
    return html`<rect class="group" x="${inset}" y="${top}" width="${width - 2 * inset}" height="${y(end) - top}" rx="8"/><text class="small start strong" x="${inset + 10}" y="${top + 17}">${row.text}</text>`;
  });
}
