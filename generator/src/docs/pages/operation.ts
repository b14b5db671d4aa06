import { brokerNames } from "../broker-names.js";
import {
  bindingsOf,
  commas,
  deprecatedNote,
  duration,
  extensionsOf,
  externalDocsLink,
  facts,
  folded,
  intro,
  messageLabel,
  messageLink,
  operationLink,
  participantLink,
  securityOf,
  tagList,
  verbBadge,
} from "../components.js";
import { codeBlock } from "../highlight.js";
import { type Child, type Html, html } from "../html.js";
import type { SchemaPrinter } from "../schema/render.js";
import { type MessageEntry, type OperationEntry, type Service, type Site, sagasStartedBy, sagaUses } from "../site.js";
import { anchor, stepAnchor, type UrlTo } from "../urls.js";
import { examplesOf, schemasOf } from "./message-parts.js";

/** What a request waits where the contract says nothing. */
const DEFAULT_TIMEOUT_MS = 30_000;

export interface OperationView {
  readonly site: Site;
  readonly service: Service;
  readonly printer: SchemaPrinter;
  readonly url: UrlTo;
}

/** One operation: what it is for, its messages with every field, and its TypeScript beside. */
export function operationSection(entry: OperationEntry, view: OperationView): Html {
  const { operation, channel } = entry;
  const { service } = view;
  const id = anchor(operation.name);
  const find = (key: string): MessageEntry | undefined => service.messages.get(key);
  const shown = [
    ...operation.messages.map(({ key }) => key),
    ...(operation.reply?.success ?? []),
    ...(operation.reply?.failure ?? []),
  ];
  return html`<section class="card operation" id="${id}" aria-labelledby="${id}-title">
<header><div class="kicker">${verbBadge(entry)} <code class="address">${address(channel)}</code></div><h3 id="${id}-title"><a class="self" href="#${id}">${operation.name}</a>${operation.title && operation.title !== operation.name && html` <span class="quiet">${operation.title}</span>`}</h3>${deprecatedNote(operation.deprecated)}${intro(operation)}${tagList(operation.tags)}</header>
<div class="columns"><div>
${facts(about(entry, view))}
${operation.messages.map(({ key }) => messageBlock(operation.messages.length > 1 ? "Message, one of several" : "Message", find(key), view))}
${(operation.reply?.success ?? []).map((key) => messageBlock("Reply", find(key), view))}
${(operation.reply?.failure ?? []).map((key) => messageBlock("Failure", find(key), view))}
${onCall(entry, service)}
${bindingsOf(operation.bindings, "operation")}${extensionsOf(operation.extensions)}
</div><div class="beside">
${service.code?.signatures(operation).map(({ end, code }) => codeBlock(code, "typescript", end))}
${[...new Set(shown)].map((key) => {
  const found = find(key);
  return found && examplesOf(found);
})}
</div></div>
</section>`;
}

function about(entry: OperationEntry, view: OperationView): readonly (readonly [string, Child])[] {
  const { operation } = entry;
  const { site, service, url } = view;
  const undo = service.operations.find((other) => other.operation.name === operation.compensatedBy);
  const undoes = service.operations.filter((other) => other.operation.compensatedBy === operation.name);
  const { reply } = operation;
  return [
    ["Timeout", reply && timeout(operation.timeoutMs)],
    ["Compensated by", undo && operationLink(undo, url)],
    ["Compensates", commas(undoes.map((other) => operationLink(other, url)))],
    ["Idempotency key", operation.idempotencyKey && html`<code>${operation.idempotencyKey}</code>`],
    ["Reply address", reply?.address && html`<code>${reply.address}</code>`],
    ["Security", securityOf(operation.security)],
    ["Further reading", externalDocsLink(operation.externalDocs)],
    ["Other end", otherEnds(entry, view)],
    [
      "Starts",
      commas(
        sagasStartedBy(site, entry).map(({ outline, path }) => html`<a href="${url(path)}">saga ${outline.name}</a>`),
      ),
    ],
    [
      "Used by sagas",
      commas(
        sagaUses(site, entry).map(
          ({ saga, step, undo }) =>
            html`<a href="${url(saga.path)}#${stepAnchor(step.path)}">${saga.outline.name}: ${step.name}</a>${undo && html` <span class="quiet">(undo)</span>`}`,
        ),
      ),
    ],
  ];
}

/** Names on the broker and the commands that help, for those who look for a message that did not arrive. */
function onCall(entry: OperationEntry, { contract }: Service): Child {
  const { operation } = entry;
  const names = brokerNames(entry, contract);
  const generated =
    operation.action === "receive"
      ? `sagaspec call ${operation.id} --data payload.json`
      : `sagaspec listen ${operation.id}`;
  return folded("On call", [
    facts(
      names === undefined
        ? []
        : [
            ["Exchange", names.exchange && html`<code>${names.exchange}</code>`],
            ["Routing key", names.routingKey && html`<code>${names.routingKey}</code>`],
            ["Queue", html`<code>${names.queue}</code>`],
            ["Set aside in", html`<code>${names.deadLetters}</code>`],
          ],
    ),
    codeBlock(generated, "bash", operation.action === "receive" ? "Call it by hand" : "Listen by hand"),
  ]);
}

function otherEnds({ operation }: OperationEntry, { site, service, url }: OperationView): Child {
  const flows = site.flows.filter((flow) => flow.operation === operation.id || flow.sentBy === operation.id);
  const participants = flows
    .map((flow) => (flow.sentBy === operation.id ? flow.to : flow.from))
    .filter((participant) => participant.kind === "service" && participant.name !== service.contract.service);
  const distinct = [...new Map(participants.map((participant) => [participant.name, participant])).values()];
  return commas(distinct.map((participant) => participantLink(site, participant, url)));
}

function messageBlock(role: string, entry: MessageEntry | undefined, view: OperationView): Child {
  if (entry === undefined) return undefined;
  const { message } = entry;
  return html`<section class="message"><h4><span class="role">${role}</span> ${messageLink(entry, view.url)}</h4>${deprecatedNote(message.deprecated)}${intro(message, messageLabel(message))}${schemasOf(message, view.printer)}</section>`;
}

function timeout(timeoutMs: number | undefined): Child {
  return timeoutMs === undefined
    ? html`${duration(DEFAULT_TIMEOUT_MS)} <span class="quiet">(nothing is said)</span>`
    : duration(timeoutMs);
}

function address(channel: OperationEntry["channel"]): string {
  return channel?.address ?? "address known at run time";
}
