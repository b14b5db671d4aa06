import { type DiagnosticCode, diagnosticCodes } from "../../contract/diagnostic-codes.js";
import { Cache, cacheFolder } from "../../pipeline/cache.js";
import { explain } from "../../pipeline/explain.js";
import { readDocuments } from "../../pipeline/read-documents-cached.js";
import { type Command, type ExitCode, flag, type Given, UsageError } from "../command.js";
import { loadSettings, projectOptions } from "../project.js";
import { textReport } from "../report/report.js";
import type { Terminal } from "../report/terminal.js";

export const command: Command = {
  usage: "<name or code of a diagnostic> [documents or globs...] [options]",
  options: { json: { type: "boolean", about: "one JSON array on standard output" }, ...projectOptions },

  async run(given, terminal) {
    const [name, ...positionals] = given.positionals;
    if (name === undefined) throw new UsageError("explain which name, or which diagnostic?");
    if (isCode(name)) return explainCode(name, given, terminal);
    const settings = await loadSettings({ ...given, positionals }, terminal);
    const documents = await readDocuments(settings.documents, settings, new Cache(cacheFolder(settings.root)));
    const contracts = documents.flatMap((one) => one.contract ?? []);
    const errors = documents.flatMap((one) => one.diagnostics).filter((one) => one.severity === "error");
    if (errors.length > 0) terminal.note(`${textReport(errors, settings.root, terminal.color)}\n`);
    const found = explain(contracts, name, { cwd: settings.root });
    if (flag(given, "json")) terminal.out(JSON.stringify(found));
    else if (found.length === 0) terminal.note(`nothing that is generated is called ${JSON.stringify(name)}`);
    else {
      for (const { kind, service, description, file, line = 1, column = 1, pointer } of found) {
        const about = description ? `: ${description}` : "";
        terminal.out(`${name} is a${/^[aeiou]/.test(kind) ? "n" : ""} ${kind} of ${service}${about}`);
        terminal.out(`  ${file}:${line}:${column}\n  ${pointer}`);
      }
    }
    return found.length > 0 ? 0 : 1;
  },
};

const isCode = (name: string): name is DiagnosticCode => Object.hasOwn(diagnosticCodes, name);

function explainCode(code: DiagnosticCode, given: Given, terminal: Terminal): ExitCode {
  const { meaning, example, cure } = diagnosticCodes[code];
  if (flag(given, "json")) terminal.out(JSON.stringify([{ kind: "diagnostic", code, meaning, example, cure }]));
  else terminal.out(`${code}\n${meaning}\n\n${cure}\n\nFor example:\n${example.trimEnd().replace(/^/gm, "  ")}`);
  return 0;
}
