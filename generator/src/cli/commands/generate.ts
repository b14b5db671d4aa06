import type { Settings } from "../../config/settings.js";
import type { Diagnostic } from "../../contract/diagnostic.js";
import { type Generation, generate } from "../../pipeline/generate.js";
import type { HandlerReport } from "../../pipeline/sync-handlers.js";
import { type Command, type ExitCode, flag, type Given, textOption, UsageError } from "../command.js";
import { unreadDocuments } from "../find-documents.js";
import { loadSettings, projectOptions, roleOption } from "../project.js";
import { tally, textReport } from "../report/report.js";
import type { Terminal } from "../report/terminal.js";

export const command: Command = {
  usage: "[documents or globs...] [options]",
  options: {
    out: { type: "string", short: "o", about: "folder of the generated services (default: generated)" },
    handlers: { type: "string", about: "folder of the handler stubs (default: handlers)" },
    "no-handlers": { type: "boolean", about: "write no handler stubs" },
    role: { type: "string", about: "only one side: provider or consumer" },
    check: { type: "boolean", about: "write nothing; exit 1 for stale output, missing and unwritten handlers" },
    "dry-run": { type: "boolean", about: "write nothing; tell what would be written" },
    watch: { type: "boolean", short: "w", about: "generate again whenever a document changes" },
    json: { type: "boolean", about: "one JSON object on standard output" },
    ...projectOptions,
  },

  async run(given, terminal) {
    if (flag(given, "watch") && flag(given, "check")) throw new UsageError("--watch and --check exclude each other");
    if (!flag(given, "watch")) return once(given, terminal);
    const { watch } = await import("../watch.js");
    return watch(terminal, async () => {
      const settings = await settingsOf(given, terminal);
      const generation = await report(settings, given, terminal);
      return { files: generation.inputs, root: settings.root };
    });
  },
};

async function once(given: Given, terminal: Terminal): Promise<ExitCode> {
  const settings = await settingsOf(given, terminal);
  const generation = await report(settings, given, terminal);
  if (!generation.written) return 1;
  return flag(given, "check") && findings(generation, settings).length > 0 ? 1 : 0;
}

async function settingsOf(given: Given, terminal: Terminal): Promise<Settings> {
  const out = textOption(given, "out");
  const handlers = flag(given, "no-handlers") ? false : textOption(given, "handlers");
  const role = roleOption(given);
  return loadSettings(given, terminal, {
    ...(out !== undefined && { out }),
    ...(handlers !== undefined && { handlers }),
    ...(role && { role }),
  });
}

async function report(settings: Settings, given: Given, terminal: Terminal): Promise<Generation> {
  const started = performance.now();
  const check = flag(given, "check");
  const dry = check || flag(given, "dry-run");
  const generation = await generate(settings, { dry });
  const { diagnostics, written } = generation;
  if (flag(given, "json")) {
    const { services, handlers } = generation;
    terminal.out(
      JSON.stringify({ services, written: written?.changed, removed: written?.stale, handlers, diagnostics }),
    );
    return generation;
  }
  if (diagnostics.length > 0) terminal.note(`${textReport(diagnostics, settings.root, terminal.color)}\n`);
  for (const line of await unreadNotes(settings, generation)) terminal.note(line);
  if (!written) terminal.note(`Nothing was written: ${tally(diagnostics)}.`);
  else if (check) for (const line of summary(generation, settings)) terminal.out(line);
  else {
    for (const line of changes(generation, settings, dry)) terminal.out(line);
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    terminal.out(`${count(generation.services, "service")} in ${seconds} s${suffix(diagnostics)}`);
  }
  return generation;
}

/** Documents that look as if they belonged to the project, and do not. */
async function unreadNotes(
  { complete, documents, root }: Settings,
  { inputs }: Generation,
): Promise<readonly string[]> {
  if (!complete) return [];
  const unread = await unreadDocuments([...documents.map(({ path }) => path), ...inputs], root);
  if (unread.length === 0) return [];
  const named =
    unread.length > 5 ? `${unread.slice(0, 5).join(", ")} and ${unread.length - 5} more` : unread.join(", ");
  return [
    `not read: ${named}; name ${unread.length === 1 ? "it" : "them"} in documents of the configuration, or move away`,
  ];
}

const suffix = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics.length > 0 ? `, ${tally(diagnostics)}` : "";

const count = (items: readonly unknown[], word: string): string =>
  `${items.length} ${word}${items.length === 1 ? "" : "s"}`;

function summary(generation: Generation, settings: Settings): readonly string[] {
  const lines = findings(generation, settings);
  if (lines.length === 0) return ["up to date"];
  const { written, handlers } = generation;
  const isStale = [written?.changed, written?.stale, ...handlers.map((one) => one.added)].some((one) => one?.length);
  const remedy = isStale ? "sagaspec generate brings the output up to date" : byHand;
  return [...lines, `${count(lines, "finding")}; ${remedy}`];
}

const byHand = 'what is left is to be written by hand; what a saga serves is left out by Omit<...Handlers, "name">';

// What `--check` refuses.
function findings({ written, handlers }: Generation, { out }: Settings): readonly string[] {
  return [
    ...(written?.changed ?? []).map((path) => `stale: ${out}/${path}`),
    ...(written?.stale ?? []).map((path) => `no longer generated: ${out}/${path}`),
    ...handlers.flatMap(({ file, created, added, changed, unwritten, found }) => [
      ...(found ? [] : [`no handlers found: ${file}`]),
      ...added.map((id) => `missing handler: ${id} in ${file}${created ? ", which does not exist" : ""}`),
      ...changed.map((id) => `changed operation: ${id}, handled in ${file}`),
      ...unwritten.map((id) => `unwritten handler: ${id} in ${file}`),
    ]),
  ];
}

function changes({ written, handlers }: Generation, { out }: Settings, dry: boolean): readonly string[] {
  const verb = (word: string, would: string): string => (dry ? `would ${would}` : word);
  return [
    ...(written?.changed ?? []).map((path) => `${verb("wrote", "write")} ${out}/${path}`),
    ...(written?.stale ?? []).map((path) => `${verb("removed", "remove")} ${out}/${path}`),
    ...handlers.flatMap((report) => handlerChanges(report, verb)),
  ];
}

function handlerChanges(report: HandlerReport, verb: (word: string, would: string) => string): readonly string[] {
  const { file, created, added, gone, changed, unwritten, found, service } = report;
  if (!found) return [`${file}: found no object or class with the handlers of ${service}; nothing was added`];
  const missing =
    added.length > 0 &&
    `${verb(created ? "wrote" : "added to", created ? "write" : "add to")} ${file}: ${added.join(", ")}`;
  const left = unwritten.filter((id) => !added.includes(id));
  return [
    ...(missing ? [missing] : []),
    ...(left.length > 0 ? [`${file}: still to be written: ${left.join(", ")}`] : []),
    ...(changed.length > 0 ? [`${file}: see that it still fits, the types have changed of ${changed.join(", ")}`] : []),
    ...(gone.length > 0 ? [`${file}: no operation calls ${gone.join(", ")} any more`] : []),
  ];
}
