import { readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { EmitOptions } from "../config/config.js";
import { isUrl, type Settings } from "../config/settings.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import { Cache, cacheFolder, type Fingerprint } from "../pipeline/cache.js";
import { readDocuments } from "../pipeline/read-documents-cached.js";
import { GeneratedCode } from "./generated-code.js";
import { loadPages } from "./load-pages.js";
import { loadVersions } from "./load-versions.js";
import type { DocsOptions } from "./options.js";
import type { SagaOutline } from "./sagas/outline.js";
import { createSite, type Download, type Site } from "./site.js";

/** What a site is made from: the settings, and what stands in files beside the documents. */
export interface SiteSources {
  readonly settings: Settings;
  readonly docs: DocsOptions;
  readonly sagas: readonly SagaOutline[];
  /** Markdown files, relative to the root. */
  readonly pages: readonly string[];
}

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
    versions: await loadVersions(docs.versions ?? {}, contracts, settings),
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
  const { serialize } = await import("../bundle/serialize.js");
  const { document: whole } = await bundle(document.file, { cwd: settings.root, allowRemote: settings.allowRemote });
  if (whole === undefined) return [written];
  const bundled = `${basename(name, extname(name))}.bundled.yaml`;
  return [written, { label: `${name}, bundled`, path: `files/${bundled}`, content: serialize(whole, "yaml") }];
}

function emitOptions({ importExtension, dateTime, int64 }: Settings): EmitOptions {
  return { importExtension, dateTime, int64, role: () => undefined, report: () => {} };
}
