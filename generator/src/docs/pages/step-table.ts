import { operationLink } from "../components.js";
import { type Child, type Html, html } from "../html.js";
import type { ActionOutline, RetryOutline, StepOutline } from "../sagas/outline.js";
import { actionWords, kindWords, retryWords, target, timeWords } from "../sagas/words.js";
import { findOperation, type Site, targetPath } from "../site.js";
import { stepAnchor, type UrlTo } from "../urls.js";

/** The steps of a saga, a line each: what they do, how long they may take, what undoes them. */
export function stepTable(steps: readonly StepOutline[], site: Site, url: UrlTo): Html {
  const pivot = steps.findIndex((step) => step.pivot);
  const rows = steps.map(
    (step, index) =>
      html`<tr id="${stepAnchor(step.path)}"><th scope="row">${step.name}${marks(step)}</th><td data-label="Does">${kindWords(step)} ${link(step.action, site, url)}</td><td data-label="Timeout">${timeWords(step) || html`<span class="quiet">waits for nothing</span>`}</td><td data-label="Retries">${retries(step.action?.retry)}</td><td data-label="Compensation">${compensation(step, site, url)}</td><td data-label="A failure">${onFailure(step, pivot >= 0 && index > pivot)}</td></tr>`,
  );
  const titles = ["Step", "Does", "Timeout", "Retries", "Compensation", "A failure"];
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Steps"><table class="stack"><thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function marks({ pivot, conditional, milestone }: StepOutline): Child {
  return [
    pivot && html` <span class="badge pivot">pivot</span>`,
    conditional && html` <span class="flag">if needed</span>`,
    milestone && html` <span class="flag">${milestone}</span>`,
  ];
}

function link(action: ActionOutline | undefined, site: Site, url: UrlTo): Child {
  if (action === undefined) return undefined;
  const entry = findOperation(site, action.operation);
  if (entry !== undefined) return operationLink(entry, url, action.operation);
  const path = targetPath(site, action);
  const words = target(action);
  if (path !== undefined) return html`<a href="${url(path)}">${words}</a>`;
  return words && html`<code>${words}</code>`;
}

function compensation({ compensate }: StepOutline, site: Site, url: UrlTo): Child {
  if (compensate === undefined) return html`<span class="quiet">nothing to undo</span>`;
  return [actionWords(compensate.kind), " ", link(compensate, site, url)];
}

function retries(policy: RetryOutline | undefined): Child {
  if (policy === undefined) return html`<span class="quiet">none</span>`;
  const kinds = policy.attempts > 1 && policy.on.length > 0;
  return [retryWords(policy), kinds && html` <span class="quiet">on ${policy.on.join(", ")}</span>`];
}

function onFailure(step: StepOutline, behindPivot: boolean): string {
  if (step.decidesFailure) return "the step decides";
  return behindPivot ? "retry, then a person" : "undo";
}
