import type { Channel, Contract, Message, NamedType, Operation } from "../contract/contract.js";
import type { Change } from "../diff/change.js";
import { references } from "../emit/references.js";
import { type Flow, findFlows } from "./flows.js";
import type { GeneratedCode } from "./generated-code.js";
import { generatedExample } from "./generated-example.js";
import { type ActionOutline, allSteps, type SagaOutline, type StepOutline } from "./sagas/outline.js";
import { anchor, FileNames } from "./urls.js";

/** Everything the pages know, with the addresses of all of them. Made once; pages only read it. */
export interface Site {
  readonly title: string;
  /** Address of the logo within the site. */
  readonly logo?: string;
  /** Address of the user's own style sheet within the site. */
  readonly css?: string;
  readonly services: readonly Service[];
  readonly sagas: readonly Saga[];
  readonly pages: readonly CustomPage[];
  readonly flows: readonly Flow[];
  /** By id: `restaurant.createTicket`. */
  readonly operations: ReadonlyMap<string, OperationEntry>;
  /** Pages carry the script of `docs serve`. */
  readonly live: boolean;
}

export interface Service {
  readonly contract: Contract;
  /** Its title; where several services share one, with the service's name behind it. */
  readonly label: string;
  readonly path: string;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly messages: ReadonlyMap<string, MessageEntry>;
  readonly operations: readonly OperationEntry[];
  readonly types: ReadonlyMap<string, NamedType>;
  /** Types that have a page: those that the document names. */
  readonly schemas: ReadonlyMap<string, SchemaEntry>;
  readonly code?: GeneratedCode;
  readonly downloads: readonly Download[];
  readonly versions: readonly Version[];
  /** Address of the changelog, where older versions are given. */
  readonly changelog?: string;
  /** Address of the page made with the official component, where it is installed. */
  readonly reference?: string;
}

export interface OperationEntry {
  readonly service: string;
  readonly operation: Operation;
  readonly channel: Channel | undefined;
  /** With the fragment. */
  readonly path: string;
}

export interface MessageEntry {
  readonly message: Message;
  readonly path: string;
  readonly usedBy: readonly { readonly entry: OperationEntry; readonly as: "message" | "reply" | "failure" }[];
  /** A made-up payload that the schema accepts, where the document has no example. */
  readonly generated?: unknown;
}

/** A named schema, and what is made with it. */
export interface SchemaEntry {
  readonly type: NamedType;
  readonly path: string;
  /** Messages that carry it, directly or within other types. */
  readonly messages: readonly MessageEntry[];
  /** Names of the types that refer to it directly. */
  readonly types: readonly string[];
}

export interface Saga {
  readonly outline: SagaOutline;
  readonly path: string;
}

/** A file to take away: the document as it is, its bundled form, or a file it refers to. */
export interface Download {
  readonly label: string;
  readonly path: string;
  readonly content: string;
}

/** What changed from an older version of a document to the next one. */
export interface Version {
  readonly from: string;
  readonly to: string;
  readonly changes: readonly Change[];
}

/** A page of the user's own. `html` is the author's word: nothing in it is escaped. */
export interface CustomPage {
  readonly title: string;
  /** Heading of the navigation under which it stands. */
  readonly group: string;
  readonly path: string;
  readonly html: string;
  readonly headings: readonly Heading[];
}

/** A place in a page that can be linked to and found: a heading, or a marked row of a table. */
export interface Heading {
  readonly title: string;
  readonly id: string;
  /** 2 to 6; absent for a row of a table. */
  readonly level?: number;
}

export interface SiteOptions {
  readonly title?: string;
  readonly logo?: string;
  readonly css?: string;
  readonly sagas?: readonly SagaOutline[];
  readonly pages?: readonly CustomPage[];
  /** By service, like what follows. */
  readonly code?: ReadonlyMap<string, GeneratedCode>;
  readonly downloads?: ReadonlyMap<string, readonly Download[]>;
  readonly versions?: ReadonlyMap<string, readonly Version[]>;
  /** Every service has a page made with the official component. */
  readonly reference?: boolean;
  readonly live?: boolean;
}

/** Folders of the site that are not services. A service of such a name gets a longer one. */
const RESERVED = ["assets", "sagas", "pages", "index.html"];

/** Puts contracts and sagas together: who uses what, and where everything stands. */
export function createSite(contracts: readonly Contract[], options: SiteOptions = {}): Site {
  const folders = new FileNames(RESERVED);
  const titles = countOf(contracts.map(({ title }) => title));
  const services = contracts.map((contract) => {
    const label = (titles.get(contract.title) ?? 0) > 1 ? `${contract.title} (${contract.service})` : contract.title;
    return createService(contract, label, folders.claim(contract.service), options);
  });
  const sagas = sagaPages(options.sagas ?? []);
  return {
    title: options.title ?? "Services and sagas",
    ...(options.logo === undefined ? {} : { logo: options.logo }),
    ...(options.css === undefined ? {} : { css: options.css }),
    services,
    sagas,
    pages: options.pages ?? [],
    flows: findFlows(contracts, options.sagas ?? []),
    operations: new Map(services.flatMap((service) => service.operations.map((one) => [one.operation.id, one]))),
    live: options.live ?? false,
  };
}

/** The newest version of a saga has the address without a number, so that links to the saga stay when one is added. */
function sagaPages(outlines: readonly SagaOutline[]): readonly Saga[] {
  const files = new FileNames();
  const newest = new Map<string, number>();
  for (const { name, version } of outlines) newest.set(name, Math.max(version, newest.get(name) ?? version));
  const isNewest = ({ name, version }: SagaOutline): boolean => newest.get(name) === version;
  // Those without a number first: no older version takes their name.
  const paths = new Map<SagaOutline, string>();
  for (const outline of [...outlines.filter(isNewest), ...outlines.filter((one) => !isNewest(one))]) {
    const name = isNewest(outline) ? outline.name : `${outline.name}-v${outline.version}`;
    paths.set(outline, `sagas/${files.claim(name)}.html`);
  }
  return outlines.map((outline) => ({ outline, path: paths.get(outline) ?? "" }));
}

/** How often each text occurs. */
export function countOf(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function createService(contract: Contract, label: string, folder: string, options: SiteOptions): Service {
  const path = `${folder}/index.html`;
  const channels = new Map(contract.channels.map((channel) => [channel.key, channel]));
  const operations = contract.operations.map((operation) => ({
    service: contract.service,
    operation,
    channel: channels.get(operation.channel),
    path: `${path}#${anchor(operation.name)}`,
  }));
  const files = new FileNames();
  const code = options.code?.get(contract.service);
  const messages = contract.messages.map((message): [string, MessageEntry] => {
    const generated = generatedExample(message, contract);
    const entry = {
      message,
      path: `${folder}/messages/${files.claim(message.key)}.html`,
      usedBy: usesOf(message.key, operations),
      ...(generated === undefined ? {} : { generated }),
    };
    return [message.key, entry];
  });
  const versions = options.versions?.get(contract.service) ?? [];
  return {
    contract,
    label,
    path,
    channels,
    operations,
    messages: new Map(messages),
    ...(code === undefined ? {} : { code }),
    types: new Map(contract.types.map((type) => [type.name, type])),
    schemas: schemaPages(contract, folder, [...new Map(messages).values()]),
    downloads: (options.downloads?.get(contract.service) ?? []).map((one) => ({
      ...one,
      path: `${folder}/${one.path}`,
    })),
    versions,
    ...(versions.length === 0 ? {} : { changelog: `${folder}/changelog.html` }),
    ...(options.reference === true ? { reference: `${folder}/reference.html` } : {}),
  };
}

/** A type stands in the document under a name of its own, and not only where it is used. */
const NAMED = /\/(schemas|definitions|\$defs)\/[^/]+$/;

function schemaPages(
  contract: Contract,
  folder: string,
  messages: readonly MessageEntry[],
): ReadonlyMap<string, SchemaEntry> {
  const edges = new Map(contract.types.map((type) => [type.name, references(type.schema)]));
  const users = new Map<string, string[]>();
  for (const [name, targets] of edges) {
    for (const target of targets) users.set(target, [...(users.get(target) ?? []), name]);
  }
  const carriers = new Map<string, MessageEntry[]>();
  for (const entry of messages) {
    const { payload, headers } = entry.message;
    const reached = new Set([payload, headers].flatMap((node) => (node === undefined ? [] : references(node))));
    // The set grows while it is walked.
    for (const name of reached) {
      carriers.set(name, [...(carriers.get(name) ?? []), entry]);
      for (const target of edges.get(name) ?? []) reached.add(target);
    }
  }
  const files = new FileNames();
  return new Map(
    contract.types
      .filter((type) => NAMED.test(type.origin.pointer))
      .map((type): [string, SchemaEntry] => [
        type.name,
        {
          type,
          path: `${folder}/schemas/${files.claim(type.name)}.html`,
          messages: carriers.get(type.name) ?? [],
          types: users.get(type.name) ?? [],
        },
      ]),
  );
}

function usesOf(key: string, operations: readonly OperationEntry[]): MessageEntry["usedBy"] {
  return operations.flatMap((entry) => {
    const { messages, reply } = entry.operation;
    return [
      ...(messages.some((message) => message.key === key) ? [{ entry, as: "message" as const }] : []),
      ...(reply?.success.includes(key) === true ? [{ entry, as: "reply" as const }] : []),
      ...(reply?.failure.includes(key) === true ? [{ entry, as: "failure" as const }] : []),
    ];
  });
}

/** The operation a saga means: its id may carry the member of one of several messages. */
export function findOperation(site: Site, id: string | undefined): OperationEntry | undefined {
  if (id === undefined) return undefined;
  return site.operations.get(id) ?? site.operations.get(id.slice(0, id.lastIndexOf(".")));
}

/** The newest version of a saga. */
export function findSaga(site: Site, name: string): Saga | undefined {
  const versions = site.sagas.filter(({ outline }) => outline.name === name);
  return versions.sort((a, b) => b.outline.version - a.outline.version)[0];
}

/** Where an action leads: to its operation, or to the saga that it runs. */
export function targetPath(site: Site, action: ActionOutline | undefined): string | undefined {
  const saga = action?.saga === undefined ? undefined : findSaga(site, action.saga);
  return saga ? saga.path : findOperation(site, action?.operation)?.path;
}

/** Sagas that the message of an operation starts. */
export function sagasStartedBy(site: Site, entry: OperationEntry): readonly Saga[] {
  return site.sagas.filter(({ outline }) => outline.start?.operations.some((id) => findOperation(site, id) === entry));
}

/** Steps of sagas that use an operation, as action or as compensation. */
export function sagaUses(
  site: Site,
  entry: OperationEntry,
): readonly { readonly saga: Saga; readonly step: StepOutline; readonly undo: boolean }[] {
  const isIt = (id: string | undefined): boolean => findOperation(site, id) === entry;
  return site.sagas.flatMap((saga) =>
    allSteps(saga.outline.steps).flatMap((step) => [
      ...(isIt(step.action?.operation) ? [{ saga, step, undo: false }] : []),
      ...(isIt(step.compensate?.operation) ? [{ saga, step, undo: true }] : []),
    ]),
  );
}
