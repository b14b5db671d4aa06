import { Cache, cacheFolder } from "../../pipeline/cache.js";
import { readDocuments } from "../../pipeline/read-documents-cached.js";
import { checkContracts, checkExamples } from "../../pipeline/validate.js";
import { version } from "../../pipeline/version.js";
import { type Command, choiceOption, flag } from "../command.js";
import { loadSettings, projectOptions } from "../project.js";
import { githubReport, sarifReport, tally, textReport } from "../report/report.js";

export const command: Command = {
  usage: "[documents or globs...] [options]",
  options: {
    format: { type: "string", about: "text (default), json, sarif or github" },
    json: { type: "boolean", about: "the same as --format json" },
    ...projectOptions,
  },

  async run(given, terminal) {
    const format = flag(given, "json")
      ? "json"
      : (choiceOption(given, "format", ["text", "json", "sarif", "github"]) ?? "text");
    const settings = await loadSettings(given, terminal);
    const documents = await readDocuments(settings.documents, settings, new Cache(cacheFolder(settings.root)));
    const contracts = documents.flatMap((one) => one.contract ?? []);
    const diagnostics = [
      ...documents.flatMap((one) => one.diagnostics),
      ...checkContracts(contracts, { cwd: settings.root }),
      ...(await checkExamples(contracts, { cwd: settings.root })),
    ];
    if (format === "json")
      terminal.out(JSON.stringify({ documents: settings.documents.map((one) => one.path), diagnostics }));
    else if (format === "sarif") terminal.out(sarifReport(diagnostics, version));
    else if (diagnostics.length > 0) {
      terminal.out(
        format === "github" ? githubReport(diagnostics) : textReport(diagnostics, settings.root, terminal.color),
      );
    }
    if (format === "text") {
      const { length } = documents;
      terminal.note(`${length} document${length === 1 ? "" : "s"}: ${tally(diagnostics)}`);
    }
    return diagnostics.some((one) => one.severity === "error") ? 1 : 0;
  },
};
