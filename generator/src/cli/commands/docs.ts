import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { DocsOptions } from "../../config/docs-options.js";
import type { Settings } from "../../config/settings.js";
import type { Diagnostic } from "../../contract/diagnostic.js";
import type { SiteSources } from "../../docs/load-site.js";
import { type Command, type ExitCode, flag, type Given, textOption, UsageError } from "../command.js";
import { loadSettings, projectOptions } from "../project.js";
import { tally, textReport } from "../report/report.js";
import type { Terminal } from "../report/terminal.js";
import { type Watched, watch } from "../watch.js";

const DEFAULT_PORT = 4400;

/** `sagaspec docs`: the contracts and the sagas as a site. */
export const command: Command = {
  usage: "[build | serve] [documents or globs...] [options]",
  words: ["build", "serve"],
  options: {
    out: { type: "string", short: "o", about: "folder of the site (default: site)" },
    port: { type: "string", short: "p", about: `port of serve, on this machine only (default: ${DEFAULT_PORT})` },
    check: {
      type: "boolean",
      about: "write nothing; exit 1 for broken links and unused operations (severities: docs.check)",
    },
    json: { type: "boolean", about: "one JSON object on standard output" },
    ...projectOptions,
  },

  async run(given, terminal) {
    const [first, ...others] = given.positionals;
    const verb = first === "serve" || first === "build" ? first : undefined;
    const asked = verb === undefined ? given : { ...given, positionals: others };
    if (verb === "serve") {
      if (flag(given, "check")) throw new UsageError("serve and --check exclude each other");
      return serve(asked, terminal);
    }
    const project = await loadProject(asked, terminal);
    return flag(given, "check") ? check(project, given, terminal) : build(project, given, terminal);
  },
};

interface Project {
  readonly settings: Settings;
  readonly docs: DocsOptions;
  readonly configFile?: string;
}

async function loadProject(given: Given, terminal: Terminal): Promise<Project> {
  const { docs = {}, configFile, ...settings } = await loadSettings(given, terminal);
  return { settings, docs, ...(configFile !== undefined && { configFile }) };
}

async function build({ settings, docs }: Project, given: Given, terminal: Terminal): Promise<ExitCode> {
  const started = performance.now();
  const { buildDocs, siteSources } = await import("../../docs/build.js");
  const chosen = textOption(given, "out");
  const out = chosen === undefined ? join(settings.root, docs.out ?? "site") : resolve(terminal.cwd, chosen);
  const built = await buildDocs(await siteSources(settings, docs), out);
  const { written, diagnostics, skipped } = built;
  if (flag(given, "json")) {
    terminal.out(
      JSON.stringify({ out, skipped, written: written?.changed ?? [], removed: written?.stale ?? [], diagnostics }),
    );
  } else {
    tell(diagnostics, settings, terminal);
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    const where = relative(terminal.cwd, out) || ".";
    if (skipped) terminal.out(`${where} is up to date, ${seconds} s`);
    else if (written) {
      const files = written.changed.length + written.unchanged.length;
      terminal.out(`${files} files in ${where}, ${written.changed.length} of them written, ${seconds} s`);
    } else terminal.note(`Nothing was written: ${tally(diagnostics)}.`);
  }
  return written || skipped ? 0 : 1;
}

async function check({ settings, docs }: Project, given: Given, terminal: Terminal): Promise<ExitCode> {
  const { siteSources, renderAll } = await import("../../docs/build.js");
  const { loadSite } = await import("../../docs/load-site.js");
  const { checkSite, findImplemented, locate } = await import("../../docs/check.js");
  const sources = await siteSources(settings, docs);
  const loaded = await loadSite(sources);
  const files = await renderAll(loaded, sources);
  const findings =
    loaded.site === undefined || files === undefined
      ? []
      : checkSite(loaded.site, {
          files,
          implemented: await findImplemented(settings),
          external: docs.external ?? [],
          severities: docs.check ?? {},
        });
  const located = await locate(findings, settings.root);
  const failed = loaded.site === undefined || located.some(({ severity }) => severity !== "info");
  if (flag(given, "json")) {
    terminal.out(JSON.stringify({ findings: located, diagnostics: loaded.diagnostics }));
  } else {
    const severe = located.filter(({ severity }) => severity !== "info");
    tell([...loaded.diagnostics, ...severe], settings, terminal);
    for (const line of grouped(located.filter(({ severity }) => severity === "info"))) terminal.note(line);
    const count = `${located.length} finding${located.length === 1 ? "" : "s"}`;
    if (located.length > 0) terminal.out(`${count}, ${tally([...loaded.diagnostics, ...located])}`);
    else terminal.out(failed ? tally(loaded.diagnostics) : "nothing to find fault with");
  }
  return failed ? 1 : 0;
}

/** Notes of one kind in a line: there may be hundreds, and `--json` has each. */
function grouped(notes: readonly Diagnostic[]): readonly string[] {
  const byCode = new Map<string, Diagnostic[]>();
  for (const one of notes) byCode.set(one.code, [...(byCode.get(one.code) ?? []), one]);
  return [...byCode].map(([code, found]) => {
    const files = new Map<string, number>();
    for (const { file } of found) files.set(file, (files.get(file) ?? 0) + 1);
    const where = [...files].map(([file, count]) => `${file}: ${count}`).join(", ");
    const [first] = found;
    return `info ${code}: ${found.length === 1 ? first?.message : `${found.length} times`} (${where})${first?.hint ? `\n  hint: ${first.hint}` : ""}`;
  });
}

/** Shows the site and keeps it true: the configuration, its globs and every file are read again at each change. */
async function serve(given: Given, terminal: Terminal): Promise<ExitCode> {
  const { siteSources } = await import("../../docs/build.js");
  const { startPreview } = await import("../../docs/preview.js");
  // What is wrong with the command line ends the command; what is wrong later is shown in the page.
  let project = await loadProject(given, terminal);
  const preview = await startPreview(portOf(given));
  terminal.out(`The site is at ${preview.url}`);
  let files: readonly string[] = [];
  const run = async (): Promise<readonly string[]> => {
    project = await loadProject(given, terminal);
    const { settings, docs, configFile } = project;
    const sources = await siteSources(settings, docs, true);
    const { files: site, inputs, diagnostics } = await renderLive(sources);
    tell(diagnostics, settings, terminal);
    if (site) preview.show(site);
    // The pages stay as they were, and say so.
    else preview.report(textReport(diagnostics, settings.root, false));
    return [
      ...inputs,
      ...sources.sagas.map((saga) => saga.module),
      ...sources.pages.map(({ file }) => file),
      // The folders of globs are watched although nothing in them may have matched yet.
      ...(docs.sagas ?? []),
      ...(docs.pages ?? []).flatMap((one) => (typeof one === "string" ? one : one.pages)),
      ...[docs.css, docs.logo].filter((path) => path !== undefined),
      ...(configFile === undefined ? [] : [relative(settings.root, configFile)]),
    ];
  };
  try {
    return await watch(terminal, async (): Promise<Watched> => {
      try {
        files = await run();
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        terminal.note(`sagaspec: ${message}`);
        preview.report(message);
      }
      return { root: project.settings.root, files, mayBeNew: /\.(ya?ml|json|md|[cm]?[jt]s)$/ };
    });
  } finally {
    await preview.close();
  }
}

async function renderLive(sources: SiteSources): Promise<{
  readonly files?: ReadonlyMap<string, string | Uint8Array>;
  readonly inputs: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}> {
  const { renderAll, logoOf } = await import("../../docs/build.js");
  const { loadSite } = await import("../../docs/load-site.js");
  const loaded = await loadSite(sources, true);
  const rendered = await renderAll(loaded, sources);
  const inputs = loaded.inputs.map((input) => input.file);
  if (rendered === undefined) return { inputs, diagnostics: loaded.diagnostics };
  const files = new Map<string, string | Uint8Array>(rendered.map((file) => [file.path, file.content]));
  const logo = logoOf(sources);
  if (logo) files.set(logo.path, await readFile(logo.from));
  return { files, inputs, diagnostics: loaded.diagnostics };
}

function tell(diagnostics: readonly Diagnostic[], settings: Settings, terminal: Terminal): void {
  if (diagnostics.length > 0) terminal.note(`${textReport(diagnostics, settings.root, terminal.color)}\n`);
}

function portOf(given: Given): number {
  const text = textOption(given, "port");
  const port = text === undefined ? DEFAULT_PORT : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`--port takes a number, not ${text}`);
  return port;
}
