import { messageLabel, serverAddress } from "./components.js";
import { plainText } from "./markdown.js";
import { allSteps } from "./sagas/outline.js";
import { type Field, readFields } from "./schema/fields.js";
import { UniqueIds } from "./schema/render.js";
import type { MessageEntry, Service, Site } from "./site.js";
import { stepAnchor } from "./urls.js";

/** Kinds of thing that can be found, in the order in which equally good finds are shown. */
const KINDS = ["service", "operation", "message", "schema", "saga", "field", "page"] as const;

/** Index of the kind, name, where it belongs, address, further words, template of its channel. Tuples: thousands are sent. */
type Entry = readonly [kind: number, name: string, of: string, to: string, words: string, template?: string];

/** Fields of one service that are indexed: more of them would make the search slow to open. */
const MOST_FIELDS = 10_000;
const DEEPEST = 4;

/** Allowed values of a field that are indexed. */
const MOST_VALUES = 30;

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
        entry("saga", outline.name, `version ${outline.version}`, path, steps.map((step) => step.name).join(" ")),
        ...steps.map((step) =>
          entry("saga", step.name, outline.name, `${path}#${stepAnchor(step.path)}`, step.action?.operation ?? ""),
        ),
      ];
    }),
    ...site.pages.flatMap(({ title, path, headings }) => [
      entry("page", title, "", path, ""),
      ...headings.map((one) => entry("page", one.title, title, `${path}#${one.id}`, "")),
    ]),
  ];
  const data = JSON.stringify({ kinds: KINDS, entries }).replaceAll("<", "\\u003c");
  return `globalThis.sagaspecSearch = ${data};\n`;
}

const words = (text: string | undefined, most = 160): string =>
  text === undefined ? "" : plainText(text).slice(0, most);

function serviceEntries(service: Service): Entry[] {
  const { contract, path, label } = service;
  const servers = contract.servers.map((server) => `${server.protocol} ${serverAddress(server)} ${server.name}`);
  const tags = contract.info.tags.map(({ name }) => name);
  return [
    entry(
      "service",
      label,
      contract.service,
      path,
      [words(contract.description), ...servers, ...tags, contract.info.owner ?? ""].join(" "),
    ),
    ...service.operations.map(({ operation, channel, path: to }) => {
      const { title = "", summary, description, reply } = operation;
      const failures = (reply?.failure ?? []).map((key) => service.messages.get(key)?.message.name ?? key);
      const found = [title, channel?.address ?? "", words(summary ?? description), ...failures].join(" ");
      return entry("operation", operation.name, label, to, found, channel?.address ?? undefined);
    }),
    ...[...service.messages.values()].map(({ message, path: to }) => {
      const { key, name, summary, description } = message;
      return entry("message", messageLabel(message), label, to, `${key} ${name} ${words(summary ?? description)}`);
    }),
    ...[...service.schemas.values()].map(({ type, path: to }) =>
      entry("schema", type.name, label, to, words(type.description)),
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
    // As the message's page gives them out: in the order of reading.
    const ids = new UniqueIds();
    for (const [part, node] of [
      ["payload", message.message.payload],
      ["headers", message.message.headers],
    ] as const) {
      if (node === undefined || budget.left <= 0) continue;
      collect(readFields(node, { types: service.types, budget, depth: DEEPEST }), part);
    }

    function collect(field: Field, part: string): void {
      const key = `${field.owner ?? message.message.key} ${field.owner === undefined ? field.path : field.name}`;
      const id = field.named ? ids.claim(`${part}.${field.path}`) : "";
      if (field.named && !seen.has(key)) {
        seen.add(key);
        entries.push(fieldEntry(field, `${message.path}#${id}`, message, service));
      }
      for (const child of field.children) collect(child, part);
      for (const { options } of field.choices) for (const option of options) collect(option, part);
    }
  }
  return entries.slice(0, MOST_FIELDS);
}

function fieldEntry(field: Field, to: string, { message }: MessageEntry, service: Service): Entry {
  const { schema } = field;
  const values = [...(schema.const === undefined ? [] : [schema.const]), ...(schema.enum ?? [])].slice(0, MOST_VALUES);
  const said = values.filter((value) => typeof value !== "object").map(String);
  const where = `${service.label} › ${messageLabel(message)}${field.path === field.name ? "" : ` › ${field.path}`}`;
  return entry("field", field.name, where, to, [...said, words(field.description, 80)].join(" "));
}

function entry(
  kind: (typeof KINDS)[number],
  name: string,
  of: string,
  to: string,
  text: string,
  template?: string,
): Entry {
  const parts = [KINDS.indexOf(kind), name, of, to, text.trim()] as const;
  return template?.includes("{") ? [...parts, template] : parts;
}
