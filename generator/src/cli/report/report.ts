import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import pc from "picocolors";
import type { Diagnostic } from "../../contract/diagnostic.js";

/** The severities, worst first. */
const order = ["error", "warning", "info"] as const;

/** `2 errors, 1 warning` */
export function tally(diagnostics: readonly Diagnostic[]): string {
  const counts = order.flatMap((severity) => {
    const count = diagnostics.filter((one) => one.severity === severity).length;
    return count > 0 ? `${count} ${severity}${count === 1 || severity === "info" ? "" : "s"}` : [];
  });
  return counts.join(", ") || "no problems";
}

/**
 * Diagnostics for people: `file:line:column severity code message`, the pointer, the line itself with a mark under the
 * place, and what to do. `cwd` is what the file names are relative to.
 */
export function textReport(diagnostics: readonly Diagnostic[], cwd: string, color: boolean): string {
  const lines = new Map<string, readonly string[]>();
  const paint = pc.createColors(color);
  const colors = { error: paint.red, warning: paint.yellow, info: paint.cyan };
  return diagnostics
    .map((one) => {
      const place = one.line === undefined ? one.file : `${one.file}:${one.line}:${one.column ?? 1}`;
      const head = `${paint.bold(place)} ${colors[one.severity](one.severity)} ${paint.dim(one.code)} ${one.message}`;
      const pointer = one.pointer && `  at ${one.pointer}`;
      return [head, pointer, ...frame(one, linesOf(one.file)), one.hint && `  ${paint.green("hint:")} ${one.hint}`]
        .filter(Boolean)
        .join("\n");
    })
    .join("\n\n");

  function linesOf(file: string): readonly string[] {
    const known = lines.get(file) ?? readLines(resolve(cwd, file));
    lines.set(file, known);
    return known;
  }

  function frame({ line, column }: Diagnostic, source: readonly string[]): readonly string[] {
    const text = line === undefined ? undefined : source[line - 1];
    if (line === undefined || text === undefined) return [];
    // A minified document has one line; only what stands around the place is of interest.
    const from = Math.max(0, (column ?? 1) - 60);
    const shown = text.slice(from, from + 110).replaceAll("\t", " ");
    const margin = `  ${line} | `;
    return [paint.dim(margin) + shown, `${" ".repeat(margin.length + (column ?? 1) - 1 - from)}${paint.red("^")}`];
  }
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split(/\r?\n/);
  } catch {
    return [];
  }
}

/** For GitHub Actions, which shows them at the line in the pull request. */
export function githubReport(diagnostics: readonly Diagnostic[]): string {
  const kinds = { error: "error", warning: "warning", info: "notice" };
  const data = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  return diagnostics
    .map(({ severity, file, line, column, code, message, hint }) => {
      const place = `file=${property(file)},line=${line ?? 1},col=${column ?? 1},title=${property(code)}`;
      return `::${kinds[severity]} ${place}::${data(hint ? `${message} (${hint})` : message)}`;
    })
    .join("\n");
}

/** A relative path as a URI reference; an address of the web is one already. */
const uriOf = (file: string): string =>
  /^[a-z][a-z0-9+.-]+:\/\//i.test(file) ? file : file.split("/").map(encodeURIComponent).join("/");

/** SARIF 2.1.0, which code scanning services read. */
export function sarifReport(diagnostics: readonly Diagnostic[], version: string): string {
  const levels = { error: "error", warning: "warning", info: "note" };
  const rules = [...new Set(diagnostics.map((one) => one.code))].map((id) => ({ id }));
  const results = diagnostics.map(({ severity, code, message, hint, file, line, column, pointer }) => ({
    ruleId: code,
    level: levels[severity],
    message: { text: hint ? `${message}. ${hint}` : message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line ?? 1, startColumn: column ?? 1 },
        },
        ...(pointer !== undefined && { logicalLocations: [{ fullyQualifiedName: pointer }] }),
      },
    ],
  }));
  const driver = { name: "sagaspec", version, rules };
  const $schema = "https://json.schemastore.org/sarif-2.1.0.json";
  return JSON.stringify({ $schema, version: "2.1.0", runs: [{ tool: { driver }, results }] }, null, 2);
}
