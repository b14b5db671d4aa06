import { writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { bundle } from "../../bundle/bundle.js";
import { serialize } from "../../bundle/tree.js";
import { type Command, choiceOption, flag, textOption, UsageError } from "../command.js";
import { textReport } from "../report/report.js";

/** `sagaspec bundle DOC`: one document that needs no other file. */
export const command: Command = {
  usage: "DOC",
  options: {
    out: { type: "string", short: "o", about: "write it there, as YAML or JSON by the ending; else to the terminal" },
    format: { type: "string", about: "yaml or json" },
    "allow-remote": { type: "boolean", about: "fetch references to other hosts" },
  },
  async run(given, terminal) {
    const [path, ...more] = given.positionals;
    if (path === undefined || more.length > 0) throw new UsageError("bundle takes one document: sagaspec bundle DOC");
    const out = textOption(given, "out");
    const { document, diagnostics } = await bundle(path, {
      cwd: terminal.cwd,
      allowRemote: flag(given, "allow-remote"),
    });
    if (diagnostics.length > 0) terminal.note(textReport(diagnostics, terminal.cwd, terminal.color));
    if (!document) return 1;

    const ending = extname(out ?? path).toLowerCase() === ".json" ? "json" : "yaml";
    const text = serialize(document, choiceOption(given, "format", ["yaml", "json"]) ?? ending);
    if (out === undefined) terminal.out(text.trimEnd());
    else await writeFile(resolve(terminal.cwd, out), text);
    return 0;
  },
};
