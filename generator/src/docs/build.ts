import { copyFile, mkdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { DocsOptions } from "../config/docs-options.js";
import { isUrl, type Settings } from "../config/settings.js";
import type { Diagnostic } from "../contract/diagnostic.js";
import { Cache, cacheFolder, type Fingerprint, hashOf, unchanged } from "../pipeline/cache.js";
import { type Written, writeOutput } from "../pipeline/output.js";
import { fingerprint } from "../pipeline/version.js";
import { findPages } from "./custom-pages.js";
import { findFiles, loadSagas } from "./load-modules.js";
import type { LoadedSite, SiteSources } from "./load-site.js";
import type { SiteFile } from "./render.js";

/** What building did. */
export interface Built {
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when a document has errors: nothing was written then. */
  readonly written?: Written;
  /** Nothing had changed since the last time, so nothing was read. */
  readonly skipped: boolean;
}

/** What is remembered of a site: it is the same as long as this is. */
interface SiteRecord {
  readonly key: string;
  readonly inputs: readonly Fingerprint[];
  /** Relative to the folder of the site: one that was edited is written anew. */
  readonly files: readonly Fingerprint[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds what the site is made from. Sagas are loaded each time: which files a module imports is not known. */
export async function siteSources(settings: Settings, docs: DocsOptions, fresh = false): Promise<SiteSources> {
  const modules = await findFiles(docs.sagas ?? [], settings.root);
  const sagas = await loadSagas(modules, settings.root, fresh);
  return { settings, docs, sagas, pages: await findPages(docs.pages ?? [], settings.root) };
}

/** Brings the folder of the site up to date. When nothing has changed, no document is read and nothing is written. */
export async function buildDocs(sources: SiteSources, out: string): Promise<Built> {
  const { settings } = sources;
  const cache = new Cache(cacheFolder(settings.root));
  const name = `docs ${out}`;
  const key = await keyOf(sources);
  const record = await cache.remembered<SiteRecord>(name);
  if (record?.key === key && (await isUpToDate(record, settings.root, out))) {
    return { diagnostics: record.diagnostics, skipped: true };
  }
  const { loadSite } = await import("./load-site.js");
  const loaded = await loadSite(sources);
  const files = await renderAll(loaded, sources);
  const { diagnostics, inputs } = loaded;
  if (files === undefined) return { diagnostics, skipped: false };
  sources.settings.control?.signal.throwIfAborted();
  const written = await writeOutput(out, files);
  await copyLogo(sources, out);
  await cache.remember(name, {
    key,
    inputs,
    files: files.map(({ path, content }) => ({ file: path, hash: hashOf(content) })),
    diagnostics,
  } satisfies SiteRecord);
  return { diagnostics, written, skipped: false };
}

/** Every file of the site; nothing where a document has errors. */
export async function renderAll({ site }: LoadedSite, sources: SiteSources): Promise<readonly SiteFile[] | undefined> {
  if (site === undefined) return undefined;
  const { renderSite } = await import("./render.js");
  const files: SiteFile[] = [];
  for await (const file of renderSite(site)) files.push(file);
  const { referenceFiles } = await import("./reference.js");
  files.push(...(await referenceFiles(site, sources.settings.root)));
  const { css } = sources.docs;
  if (css !== undefined) {
    files.push({ path: "assets/custom.css", content: await readFile(join(sources.settings.root, css), "utf8") });
  }
  return files;
}

/** Where the logo stands in the site, and where it comes from. */
export function logoOf({ docs, settings }: SiteSources): { readonly path: string; readonly from: string } | undefined {
  if (docs.logo === undefined) return undefined;
  return { path: `assets/logo${extname(docs.logo)}`, from: join(settings.root, docs.logo) };
}

async function copyLogo(sources: SiteSources, out: string): Promise<void> {
  const logo = logoOf(sources);
  if (logo === undefined) return;
  await mkdir(join(out, "assets"), { recursive: true });
  await copyFile(logo.from, join(out, logo.path));
}

/** Stands for everything beside the documents that the site depends on. */
async function keyOf({ settings, docs, sagas, pages }: SiteSources): Promise<string> {
  const beside = [...pages.map(({ file }) => file), docs.css, docs.logo].filter((path) => path !== undefined);
  const texts = await Promise.all(beside.map((path) => readFile(join(settings.root, path), "base64")));
  const older = Object.values(docs.versions ?? {}).flat();
  const old = await Promise.all(older.map((path) => readFile(join(settings.root, path), "utf8")));
  const { root: _root, plugins, ...said } = settings;
  const code = plugins.map((plugin) => String(plugin.pages));
  return hashOf(JSON.stringify([fingerprint, said, docs, sagas, beside, texts, old, code]));
}

async function isUpToDate(record: SiteRecord, root: string, out: string): Promise<boolean> {
  if (record.inputs.some((input) => isUrl(input.file))) return false;
  return (await unchanged(record.inputs, root)) && (await unchanged(record.files, out));
}
