import { plainText } from "./markdown.js";
import { allSteps } from "./sagas/outline.js";
import { type Field, readFields } from "./schema/fields.js";
import type { MessageEntry, Service, Site } from "./site.js";
import { anchor, stepAnchor } from "./urls.js";

/** Kinds of thing that can be found, in the order in which equally good finds are shown. */
const KINDS = ["service", "operation", "message", "field", "saga", "page"] as const;

/** Index of the kind, name, where it belongs, address, further words. Tuples: thousands of them are sent. */
type Entry = readonly [kind: number, name: string, of: string, to: string, words: string];

/** Fields of one service that are indexed. More of them would make everybody wait for a list nobody reads. */
const MOST_FIELDS = 10_000;
const DEEPEST = 4;

/**
 * What the search of the pages looks through: a script that sets one value, because a page opened from the file system
 * may load a script but may not fetch.
 */
export function searchIndex(site: Site): string {
  const entries = [
    ...site.services.flatMap((service) => serviceEntries(service)),
    ...site.sagas.flatMap(({ outline, path }): Entry[] => {
      const steps = allSteps(outline.steps);
      return [
        entry("saga", outline.name, "", path, steps.map((step) => step.name).join(" ")),
        ...steps.map((step) =>
          entry("saga", step.name, outline.name, `${path}#${stepAnchor(step.path)}`, step.action?.operation ?? ""),
        ),
      ];
    }),
    ...site.pages.map((page) => entry("page", page.title, "", page.path, "")),
  ];
  const data = JSON.stringify({ kinds: KINDS, entries }).replaceAll("<", "\\u003c");
  return `globalThis.sagaspecSearch = ${data};\n`;
}

function serviceEntries(service: Service): Entry[] {
  const { contract, path } = service;
  const words = (text: string | undefined): string => (text === undefined ? "" : plainText(text).slice(0, 160));
  return [
    entry("service", contract.title, contract.service, path, words(contract.description)),
    ...service.operations.map(({ operation, channel, path: to }) =>
      entry(
        "operation",
        operation.name,
        contract.title,
        to,
        `${channel?.address ?? ""} ${words(operation.summary ?? operation.description)}`,
      ),
    ),
    ...[...service.messages.values()].map(({ message, path: to }) =>
      entry("message", message.key, contract.title, to, words(message.summary ?? message.title)),
    ),
    ...fieldEntries(service),
  ];
}

/** A field of a type that many messages carry is found once, in the first of them. */
function fieldEntries(service: Service): Entry[] {
  const seen = new Set<string>();
  const entries: Entry[] = [];
  const budget = { left: 4 * MOST_FIELDS };
  for (const message of service.messages.values()) {
    for (const [part, node] of [
      ["payload", message.message.payload],
      ["headers", message.message.headers],
    ] as const) {
      if (node === undefined || budget.left <= 0) continue;
      collect(readFields(node, { types: service.types, budget, depth: DEEPEST }), part, message, seen, entries);
    }
  }
  return entries.slice(0, MOST_FIELDS);
}

function collect(field: Field, part: string, of: MessageEntry, seen: Set<string>, entries: Entry[]): void {
  const key = `${field.owner ?? of.message.key} ${field.owner === undefined ? field.path : field.name}`;
  if (field.named && !seen.has(key)) {
    seen.add(key);
    const words = field.description === undefined ? "" : plainText(field.description).slice(0, 80);
    entries.push(entry("field", field.name, of.message.key, `${of.path}#${anchor(`${part}.${field.path}`)}`, words));
  }
  for (const child of field.children) collect(child, part, of, seen, entries);
  for (const { options } of field.choices) for (const option of options) collect(option, part, of, seen, entries);
}

function entry(kind: (typeof KINDS)[number], name: string, of: string, to: string, words: string): Entry {
  return [KINDS.indexOf(kind), name, of, to, words];
}
