import { layout as arrange, Graph } from "@dagrejs/dagre";
import type { Flow, Participant } from "../flows.js";
import { type Child, type Html, html } from "../html.js";
import type { Site } from "../site.js";
import type { UrlTo } from "../urls.js";
import { drawing, fit, type Point, path, textWidth } from "./svg.js";

/** With more lines than this the map cannot be read and is left out; the table below it shows everything. */
const MOST_EDGES = 400;

/** Up to this many boxes, those without lines are shown as well. */
const FEW_NODES = 30;

interface Edge {
  readonly from: Participant;
  readonly to: Participant;
  readonly messages: readonly string[];
  /** Address of the first operation behind it. */
  readonly path: string | undefined;
}

interface Placed extends Point {
  readonly width: number;
  readonly height: number;
}

/** Who sends what to whom. Boxes lead to services and sagas, lines to the operations. */
export function serviceMap(site: Site, url: UrlTo): Html | undefined {
  const edges = gather(site);
  if (edges.length === 0 || edges.length > MOST_EDGES) return undefined;
  const graph = new Graph({ directed: true });
  graph.setGraph({ rankdir: "LR", nodesep: 28, ranksep: 150, edgesep: 16, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes(site)) graph.setNode(id(node.participant), { width: boxWidth(node.label), height: 44 });
  for (const edge of edges) {
    const label = edgeLabel(edge);
    graph.setEdge(id(edge.from), id(edge.to), { width: textWidth(label, 12) + 12, height: 18, labelpos: "c" });
  }
  arrange(graph);
  const size = graph.graph();
  const lines = edges.map((edge) => {
    const placed = graph.edge(id(edge.from), id(edge.to));
    return line(edge, placed.points ?? [], { x: placed.x ?? 0, y: placed.y ?? 0 }, url);
  });
  const boxes = nodes(site).map(({ participant, label, path: to }) => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(id(participant));
    return box(participant, label, url(to), { x, y, width, height });
  });
  return drawing({ width: size.width ?? 0, height: size.height ?? 0 }, "Who sends what to whom", [lines, boxes]);
}

function nodes(
  site: Site,
): readonly { readonly participant: Participant; readonly label: string; readonly path: string }[] {
  const connected = new Set(site.flows.flatMap((flow) => [id(flow.from), id(flow.to)]));
  const all = [
    ...site.sagas.map((saga) => ({
      participant: { kind: "saga", name: saga.outline.name } as const,
      label: saga.outline.name,
      path: saga.path,
    })),
    ...site.services.map(({ contract, label, path: to }) => ({
      participant: { kind: "service", name: contract.service } as const,
      label,
      path: to,
    })),
  ];
  return all.length <= FEW_NODES ? all : all.filter(({ participant }) => connected.has(id(participant)));
}

/** One line for each pair, with all messages between the two. */
function gather(site: Site): readonly Edge[] {
  const edges = new Map<string, Edge>();
  for (const flow of site.flows) {
    const key = `${id(flow.from)} ${id(flow.to)}`;
    const before = edges.get(key);
    const messages = [...new Set([...(before?.messages ?? []), ...flow.messages])];
    edges.set(key, { from: flow.from, to: flow.to, messages, path: before?.path ?? pathOf(site, flow) });
  }
  return [...edges.values()];
}

function pathOf(site: Site, flow: Flow): string | undefined {
  return site.operations.get(flow.operation)?.path;
}

function line(edge: Edge, points: readonly Point[], label: Point, url: UrlTo): Child {
  const text = edgeLabel(edge);
  const width = textWidth(text, 12) + 12;
  const drawn = html`<path class="edge" d="${path(points)}" marker-end="url(#arrow)"/><rect class="label" x="${label.x - width / 2}" y="${label.y - 10}" width="${width}" height="20" rx="4"/><text class="small" x="${label.x}" y="${label.y + 4}">${text}</text>`;
  const title = `${edge.from.name} to ${edge.to.name}: ${edge.messages.join(", ")}`;
  return edge.path === undefined
    ? html`<g><title>${title}</title>${drawn}</g>`
    : html`<a href="${url(edge.path)}"><title>${title}</title>${drawn}</a>`;
}

function box(participant: Participant, label: string, href: string, { x, y, width, height }: Placed): Child {
  const radius = participant.kind === "saga" ? height / 2 : 8;
  return html`<a href="${href}" class="node ${participant.kind}"><title>${label}</title><rect x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="${radius}"/><text x="${x}" y="${y + 5}">${fit(label, width - 24)}</text></a>`;
}

function edgeLabel({ messages }: Edge): string {
  const [first = "", ...more] = messages;
  return more.length === 0 ? fit(first, 200, 12) : `${fit(first, 160, 12)} + ${more.length}`;
}

function boxWidth(label: string): number {
  return Math.min(260, Math.max(120, textWidth(label) + 36));
}

const id = (participant: Participant): string => `${participant.kind} ${participant.name}`;
