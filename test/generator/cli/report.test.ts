// What machines and people are told of diagnostics, severity by severity.
import { describe, expect, test } from "vitest";
import { githubReport, sarifReport } from "../../../generator/src/cli/report/report.js";
import type { Diagnostic } from "../../../generator/src/contract/diagnostic.js";

const diagnostic = (severity: Diagnostic["severity"], more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: `code-of-${severity}`,
  severity,
  message: "it is wrong",
  file: "specs/a b.yaml",
  ...more,
});
const all = (["error", "warning", "info"] as const).map((severity) => diagnostic(severity));

describe("SARIF", () => {
  const runs = (diagnostics: readonly Diagnostic[]) => JSON.parse(sarifReport(diagnostics, "1.2.3")).runs;

  test("has the level of each severity", () => {
    const [run] = runs(all);
    expect(run.results.map(({ level }: { level: string }) => level)).toEqual(["error", "warning", "note"]);
  });

  test("names each rule once, and the version of the tool", () => {
    const [run] = runs([...all, ...all]);
    expect(run.tool.driver).toEqual({
      name: "sagaspec",
      version: "1.2.3",
      rules: [{ id: "code-of-error" }, { id: "code-of-warning" }, { id: "code-of-info" }],
    });
  });

  test("says where, and what to do", () => {
    const where = { line: 3, column: 7, pointer: "#/info", hint: "Correct it." };
    const [run] = runs([diagnostic("error", where), diagnostic("error")]);
    expect(run.results).toMatchObject([
      {
        ruleId: "code-of-error",
        message: { text: "it is wrong. Correct it." },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "specs/a%20b.yaml" },
              region: { startLine: 3, startColumn: 7 },
            },
            logicalLocations: [{ fullyQualifiedName: "#/info" }],
          },
        ],
      },
      {
        message: { text: "it is wrong" },
        locations: [{ physicalLocation: { region: { startLine: 1, startColumn: 1 } } }],
      },
    ]);
    expect(run.results[1].locations[0]).not.toHaveProperty("logicalLocations");
  });
});

describe("the report for GitHub", () => {
  test("has the command of each severity", () => {
    expect(
      githubReport(all)
        .split("\n")
        .map((line) => line.slice(0, line.indexOf(" "))),
    ).toEqual(["::error", "::warning", "::notice"]);
  });

  test("keeps what has a meaning there out of places and texts", () => {
    const hostile = diagnostic("error", { file: "a:b,c%.yaml", message: "one\ntwo 5%", hint: "do it", line: 2 });
    expect(githubReport([hostile])).toBe(
      "::error file=a%3Ab%2Cc%25.yaml,line=2,col=1,title=code-of-error::one%0Atwo 5%25 (do it)",
    );
  });
});
