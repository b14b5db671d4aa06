import type { NamedType, SchemaNode } from "../../contract/contract.js";
import { commas, duration, facts, operationLink, participantLink } from "../components.js";
import { sagaGraph } from "../diagrams/saga-graph.js";
import { sequenceDiagram } from "../diagrams/sequence.js";
import { codeBlock } from "../highlight.js";
import { type Child, type Html, html } from "../html.js";
import type { Page } from "../layout.js";
import { allSteps, type SagaOutline, type StepOutline } from "../sagas/outline.js";
import { SchemaPrinter } from "../schema/render.js";
import { findOperation, type Saga, type Site } from "../site.js";
import { relativeUrl, type UrlTo } from "../urls.js";
import { stepTable } from "./step-table.js";

/** One saga: its graph, the messages it causes, and what happens when something does not answer. */
export function sagaPage(site: Site, { outline, path }: Saga): Page {
  const url: UrlTo = (to) => relativeUrl(path, to);
  const context = { site, url };
  const steps = allSteps(outline.steps);
  const services = [...new Set(steps.flatMap((step) => findOperation(site, step.action?.operation)?.service ?? []))];
  const others = site.sagas.filter((one) => one.outline.name === outline.name && one.path !== path);
  return {
    path,
    title: outline.name,
    summary: `The saga ${outline.name}: ${steps.map((step) => step.name).join(", ")}.`,
    main: html`<header class="title"><p class="kicker">Saga</p><h1>${outline.name} <span class="version">version ${outline.version}</span></h1>
${facts([
  ["Services", commas(services.map((name) => participantLink(site, { kind: "service", name }, url)))],
  ["Defined in", html`<code>${outline.module}</code> as <code>${outline.exportName}</code>`],
  ["Started by", startedBy(outline, site, url)],
  ["Time for all of it", outline.deadlineMs === undefined ? undefined : duration(outline.deadlineMs)],
  [
    "Versions",
    others.length > 0 &&
      commas(others.map((other) => html`<a href="${url(other.path)}">version ${other.outline.version}</a>`)),
  ],
  ["Structure", outline.hash && html`<code>${outline.hash}</code>`],
])}</header>
<section aria-labelledby="graph"><h2 id="graph">Steps</h2><p class="quiet">Forward from top to bottom. When a step fails, the dashed boxes run from bottom to top.</p>${sagaGraph(outline, context)}</section>
<section aria-labelledby="sequence"><h2 id="sequence">Messages in order</h2>${sequenceDiagram(outline, context)}</section>
<section aria-labelledby="waiting"><h2 id="waiting">Timeouts, retries and compensations</h2>${stepTable(steps, site, url)}</section>
${inputSection(outline)}
<section aria-labelledby="states"><h2 id="states">States</h2>${states(outline, steps)}</section>
${onCall(outline)}`,
  };
}

/** What a person who is called at night needs: which sagas wait for a decision, why, and what can be done. */
function onCall({ name }: SagaOutline): Html {
  const quoted = /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
  const commands = [
    "# which of them need a decision, and what has happened to one",
    `sagaspec saga list --type ${quoted} --status needs-attention`,
    "sagaspec saga show ID",
    "",
    "# once the cause has gone: try the open step again",
    'sagaspec saga retry ID --why "the service is back"',
    "# or go on without it, take it as done, or undo everything",
    'sagaspec saga skip ID --why "..."',
    'sagaspec saga mark-done ID --why "..."',
    'sagaspec saga compensate ID --why "..."',
  ];
  return html`<section aria-labelledby="on-call"><h2 id="on-call">On call</h2>${codeBlock(commands.join("\n"), "bash", "Commands")}</section>`;
}

function startedBy({ start }: SagaOutline, site: Site, url: UrlTo): Child {
  if (start === undefined) return undefined;
  const operations = start.operations.map((id) => {
    const entry = findOperation(site, id);
    return entry ? operationLink(entry, url, id) : html`<code>${id}</code>`;
  });
  return commas([...operations, ...(start.cron === undefined ? [] : [html`the schedule <code>${start.cron}</code>`])]);
}

function inputSection({ input }: SagaOutline): Child {
  if (input === undefined) return undefined;
  const { schema, types } = asSchema(input);
  const printer = new SchemaPrinter(types, { fields: 500, open: 2 });
  return html`<section aria-labelledby="input"><h2 id="input">Input</h2><div class="schema">${printer.print(schema, "input")}</div>${printer.types()}</section>`;
}

/** A generated schema holds the schemas it uses as values, or in its own `definitions` where it contains itself. */
function asSchema(input: unknown): { readonly schema: SchemaNode; readonly types: ReadonlyMap<string, NamedType> } {
  const types = new Map<string, NamedType>();
  const definitions = (input as { readonly definitions?: { readonly [name: string]: SchemaNode } }).definitions ?? {};
  for (const [name, schema] of Object.entries(definitions)) {
    types.set(name, { name, schema: named(schema), origin: { file: "", pointer: "" }, deprecated: false });
  }
  return { schema: named(input as SchemaNode), types };
}

function named(node: SchemaNode): SchemaNode {
  return JSON.parse(JSON.stringify(node), (key, value: unknown) =>
    key === "$ref" && typeof value === "string" ? value.replace(/^#\/definitions\//, "") : value,
  ) as SchemaNode;
}

function states(saga: SagaOutline, steps: readonly StepOutline[]): Html {
  const undoes = steps.some((step) => step.compensate !== undefined);
  const pivot = steps.find((step) => step.pivot);
  const rows: readonly (readonly [string, Child])[] = [
    ["running", "A step is open, or the next one is about to start."],
    ["completed", "Every step has succeeded."],
    [
      "compensating",
      undoes
        ? "A step was refused or did not answer; what was done is being undone, last step first."
        : "Not reached: no step has a compensation.",
    ],
    ["compensated", "Everything that was done has been undone."],
    [
      "cancelled",
      pivot
        ? html`Cancelled by an operator, and undone. Refused once <code>${pivot.name}</code> has succeeded.`
        : "Cancelled by an operator, and undone.",
    ],
    [
      "needs-attention",
      pivot
        ? html`A compensation failed, a step after <code>${pivot.name}</code> was refused, or a step was parked because its outcome is not known: a person decides.`
        : "A compensation failed, or a step was parked because its outcome is not known: a person decides.",
    ],
  ];
  const late = saga.lateSuccess === "record" ? "only recorded" : "compensated once more";
  return html`<dl class="states">${rows.map(([state, meaning]) => html`<div><dt><code class="state ${state}">${state}</code></dt><dd>${meaning}</dd></div>`)}</dl><p class="quiet">A success that arrives after its step was compensated is ${late}.</p>`;
}
