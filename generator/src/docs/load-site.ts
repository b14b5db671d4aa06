import { readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { EmitOptions } from "../config/config.js";
import type { DocsOptions } from "../config/docs-options.js";
import { type DocumentRequest, isUrl, type Settings } from "../config/settings.js";
import type { Contract } from "../contract/contract.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import { Cache, cacheFolder, type Fingerprint } from "../pipeline/cache.js";
import { readDocuments } from "../pipeline/read-documents-cached.js";
import { loadPages, type PageFile } from "./custom-pages.js";
import { GeneratedCode } from "./generated-code.js";
import type { SagaOutline } from "./sagas/outline.js";
import { createSite, type Download, type Site, type Version } from "./site.js";

/** What a site is made from: the settings, and what stands in files beside the documents. */
export interface SiteSources {
  readonly settings: Settings;
  readonly docs: DocsOptions;
  readonly sagas: readonly SagaOutline[];
  readonly pages: readonly PageFile[];
}

/** Whose view a service's document takes, old and new alike. */
type Perspectives = ReadonlyMap<string, DocumentRequest["perspective"]>;

/** A site, and the files that it would change with. */
export interface LoadedSite {
  /** Absent when a document has errors. */
  readonly site?: Site;
  readonly diagnostics: readonly Diagnostic[];
  /** Relative to the root. */
  readonly inputs: readonly Fingerprint[];
}

/** Reads the documents and everything that belongs to them. */
export async function loadSite(sources: SiteSources, live = false): Promise<LoadedSite> {
  const { settings, docs } = sources;
  const cache = new Cache(cacheFolder(settings.root));
  const documents = await readDocuments(settings.documents, settings, cache);
  const diagnostics = documents.flatMap((one) => one.diagnostics);
  const inputs = documents.flatMap((one) => one.inputs);
  if (diagnostics.some((one) => one.severity === "error")) return { diagnostics, inputs };

  const contracts = documents.flatMap((one) => one.contract ?? []);
  // Documents are read in the order in which they are asked for.
  const perspectives: Perspectives = new Map(
    documents.flatMap(({ contract }, index) => {
      const request = settings.documents[index];
      return contract === undefined || request === undefined ? [] : [[contract.service, request.perspective] as const];
    }),
  );
  const downloads = new Map<string, readonly Download[]>();
  const code = new Map<string, GeneratedCode>();
  for (const { contract, inputs: files } of documents) {
    if (contract === undefined) continue;
    downloads.set(contract.service, await downloadsOf(files, settings));
    code.set(contract.service, await GeneratedCode.of(contract, emitOptions(settings)));
  }
  const site = createSite(contracts, {
    ...(docs.title === undefined ? {} : { title: docs.title }),
    ...(docs.logo === undefined ? {} : { logo: `assets/logo${extname(docs.logo)}` }),
    ...(docs.css === undefined ? {} : { css: "assets/custom.css" }),
    sagas: sources.sagas,
    reference: docs.reference ?? false,
    pages: await loadPages(sources.pages, settings.root, settings.plugins, contracts),
    downloads,
    code,
    versions: await loadVersions(docs.versions ?? {}, contracts, perspectives, settings),
    live,
  });
  return { site, diagnostics, inputs };
}

/** The document as it is written; where it refers to other files, also as one document. */
async function downloadsOf(inputs: readonly Fingerprint[], settings: Settings): Promise<readonly Download[]> {
  const [document, ...others] = inputs;
  if (document === undefined || isUrl(document.file)) return [];
  const name = basename(document.file);
  const content = await readFile(join(settings.root, document.file), "utf8");
  const written: Download = { label: name, path: `files/${name}`, content };
  if (others.length === 0) return [written];
  const { bundle } = await import("../bundle/bundle.js");
  const { serialize } = await import("../bundle/tree.js");
  const { document: whole } = await bundle(document.file, { cwd: settings.root, allowRemote: settings.allowRemote });
  if (whole === undefined) return [written];
  const bundled = `${basename(name, extname(name))}.bundled.yaml`;
  return [written, { label: `${name}, bundled`, path: `files/${bundled}`, content: serialize(whole, "yaml") }];
}

function emitOptions({ importExtension, dateTime, int64 }: Settings): EmitOptions {
  return { importExtension, dateTime, int64, role: () => undefined, report: () => {} };
}

/** What changed from each older version of a document to the next, up to the present one. */
async function loadVersions(
  older: NonNullable<DocsOptions["versions"]>,
  contracts: readonly Contract[],
  perspectives: Perspectives,
  settings: Settings,
): Promise<ReadonlyMap<string, readonly Version[]>> {
  const versions = new Map<string, readonly Version[]>();
  for (const [service, paths] of Object.entries(older)) {
    const present = contracts.find((contract) => contract.service === service);
    if (present === undefined)
      throw new Error(`docs.versions names the service ${service}, which no document describes`);
    versions.set(
      service,
      await changesBetween([
        ...(await readOld(service, paths, perspectives.get(service) ?? "application", settings)),
        present,
      ]),
    );
  }
  return versions;
}

/** Old documents may break rules that came later: only what hinders reading them is an error. */
async function readOld(
  service: string,
  paths: readonly string[],
  perspective: DocumentRequest["perspective"],
  settings: Settings,
): Promise<readonly Contract[]> {
  const cache = new Cache(cacheFolder(settings.root));
  const contracts: Contract[] = [];
  for (const path of paths) {
    const request = { path, service, perspective };
    const [read] = await readDocuments([request], { ...settings, documents: [request], lenient: true }, cache);
    if (read?.contract === undefined)
      throw new Error(`${path} cannot be read; run sagaspec validate ${path} to see why`);
    contracts.push(read.contract);
  }
  return contracts;
}

async function changesBetween(history: readonly Contract[]): Promise<readonly Version[]> {
  const { diffContracts } = await import("../diff/contracts.js");
  return history.slice(1).flatMap((to, index) => {
    const from = history[index];
    return from === undefined ? [] : [{ from: from.version, to: to.version, changes: diffContracts(from, to) }];
  });
}
