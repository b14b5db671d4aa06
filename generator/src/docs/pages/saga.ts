import type { NamedType, SchemaNode } from "../../contract.js";
import { commas, duration, facts, operationLink, partyLink } from "../components.js";
import { sagaGraph } from "../diagrams/saga-graph.js";
import { sequenceDiagram } from "../diagrams/sequence.js";
import { type Child, type Html, html } from "../html.js";
import type { Page, UrlTo } from "../layout.js";
import {
  type ActionOutline,
  allSteps,
  type RetryOutline,
  type SagaOutline,
  type StepOutline,
} from "../sagas/outline.js";
import { SchemaPrinter } from "../schema/render.js";
import { findOperation, type Saga, type Site } from "../site.js";
import { relativeUrl, stepAnchor } from "../urls.js";

/** One saga: its graph, the messages it causes, and what happens when something does not answer. */
export function sagaPage(site: Site, { outline, path }: Saga): Page {
  const url: UrlTo = (to) => relativeUrl(path, to);
  const context = { site, url };
  const steps = allSteps(outline.steps);
  const services = [...new Set(steps.flatMap((step) => findOperation(site, step.action?.operation)?.service ?? []))];
  return {
    path,
    title: outline.name,
    summary: `The saga ${outline.name}: ${steps.map((step) => step.name).join(", ")}.`,
    main: html`<header class="title"><p class="kicker">Saga</p><h1>${outline.name} <span class="version">version ${outline.version}</span></h1>
${facts([
  ["Services", commas(services.map((name) => partyLink(site, { kind: "service", name }, url)))],
  ["Defined in", html`<code>${outline.module}</code> as <code>${outline.exportName}</code>`],
  ["Structure", outline.hash && html`<code>${outline.hash}</code>`],
])}</header>
<section aria-labelledby="graph"><h2 id="graph">Steps</h2><p class="quiet">Forward from top to bottom. When a step fails, the dashed boxes run from bottom to top.</p>${sagaGraph(outline, context)}</section>
<section aria-labelledby="sequence"><h2 id="sequence">Messages in order</h2>${sequenceDiagram(outline, context)}</section>
<section aria-labelledby="waiting"><h2 id="waiting">Timeouts, retries and compensations</h2>${stepTable(steps, site, url)}</section>
${inputSection(outline)}
<section aria-labelledby="states"><h2 id="states">States</h2>${states(outline, steps)}</section>`,
  };
}

function stepTable(steps: readonly StepOutline[], site: Site, url: UrlTo): Html {
  const pivot = steps.findIndex((step) => step.pivot);
  const rows = steps.map(
    (step, index) =>
      html`<tr id="${stepAnchor(step.path)}"><th scope="row">${step.name}${step.pivot && html` <span class="badge pivot">pivot</span>`}${step.conditional && html` <span class="flag">if needed</span>`}</th><td>${step.kind === "compensation" ? "nothing, forward" : step.kind} ${operationOf(step.action, site, url)}${step.note && html` <span class="quiet">${step.note}</span>`}</td><td>${timing(step)}</td><td>${retries(step.action?.retry)}</td><td>${step.compensate ? [step.compensate.kind, " ", operationOf(step.compensate, site, url)] : html`<span class="quiet">nothing to undo</span>`}</td><td>${onFailure(step, pivot >= 0 && index > pivot)}</td></tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Steps"><table><thead><tr><th scope="col">Step</th><th scope="col">Does</th><th scope="col">Timeout</th><th scope="col">Retries</th><th scope="col">Compensation</th><th scope="col">A failure</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function onFailure(step: StepOutline, behindPivot: boolean): string {
  if (step.decidesFailure) return "the step decides";
  return behindPivot ? "retry, then a person" : "undo";
}

function operationOf(action: ActionOutline | undefined, site: Site, url: UrlTo): Child {
  const entry = findOperation(site, action?.operation);
  if (entry !== undefined) return operationLink(entry, url, action?.operation);
  return action?.operation && html`<code>${action.operation}</code>`;
}

function timing({ action, deadlineMs }: StepOutline): Child {
  const parts = [
    action?.timeoutMs === undefined ? undefined : `${duration(action.timeoutMs)} an attempt`,
    deadlineMs === undefined ? undefined : `${duration(deadlineMs)} in all`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? html`<span class="quiet">waits for nothing</span>` : parts.join(", ");
}

function retries(policy: RetryOutline | undefined): Child {
  if (policy === undefined) return html`<span class="quiet">none</span>`;
  if (policy.attempts <= 1) return "one attempt";
  const backoff = policy.backoffMs === 0 ? "" : `, ${duration(policy.backoffMs)} apart`;
  const growing = policy.factor > 1 ? `, ×${policy.factor} up to ${duration(policy.maxBackoffMs)}` : "";
  const attempts = Number.isFinite(policy.attempts) ? `${policy.attempts} attempts` : "until it succeeds";
  return [
    attempts + backoff + growing,
    policy.on.length > 0 && html` <span class="quiet">on ${policy.on.join(", ")}</span>`,
  ];
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
        ? html`A compensation failed, or a step after <code>${pivot.name}</code> was refused: a person decides.`
        : "A compensation failed: a person decides.",
    ],
  ];
  const late = saga.lateSuccess === "record" ? "only recorded" : "compensated once more";
  return html`<dl class="states">${rows.map(([state, meaning]) => html`<div><dt><code class="state ${state}">${state}</code></dt><dd>${meaning}</dd></div>`)}</dl><p class="quiet">A success that arrives after its step was compensated is ${late}.</p>`;
}
