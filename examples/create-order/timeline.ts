/** What people see of a saga: a line for each thing that happens, and a table at the end. */
import type { HistoryRow, Json } from "@sagaspec/runtime";
import pc from "picocolors";
import { createOrderHere } from "./saga.js";

/** How a step of a finished saga went. */
export interface StepResult {
  readonly name: string;
  readonly outcome: "success" | "sent" | "failed" | "unknown" | "not-started";
  readonly attempts: number;
  readonly compensated: boolean;
}

export interface ScenarioResult {
  readonly scenario: string;
  readonly state: string;
  readonly order: string;
  readonly steps: readonly StepResult[];
}

/** Reads from a saga's history how each of its steps went. */
export function stepResults(history: readonly HistoryRow[]): StepResult[] {
  return createOrderHere.root.nodes.flatMap((node) => {
    if (node.kind !== "step") return [];
    const rows = history.filter((row) => row.step === node.path);
    const has = (kind: HistoryRow["kind"]) => rows.some((row) => row.kind === kind);
    return [
      {
        name: node.name,
        outcome: outcomeOf(rows, node.action?.kind === "send"),
        attempts: rows.filter((row) => row.kind === "step-started" || row.kind === "step-retried").length,
        compensated: has("compensation-succeeded") || (node.compensate?.kind === "send" && has("compensation-started")),
      },
    ];
  });
}

function outcomeOf(rows: readonly HistoryRow[], sends: boolean): StepResult["outcome"] {
  const last = rows.findLast((row) => row.kind === "step-succeeded" || row.kind === "step-failed");
  if (last?.kind === "step-succeeded") return "success";
  if (last) return text(last.data, "effect") === "none" ? "failed" : "unknown";
  return sends && rows.some((row) => row.kind === "step-started") ? "sent" : "not-started";
}

const words: { readonly [kind: string]: string } = {
  "step-started": "started",
  "step-retried": "tried again",
  "step-resent": "sent again",
  "step-succeeded": pc.green("succeeded"),
  "step-attempt-failed": pc.yellow("attempt failed"),
  "step-failed": pc.red("failed"),
  retreated: pc.yellow("turns back"),
  "compensation-started": "compensation started",
  "compensation-retried": "compensation tried again",
  "compensation-succeeded": pc.green("compensated"),
  "compensation-attempt-failed": pc.yellow("compensation attempt failed"),
  "compensation-failed": pc.red("compensation failed"),
  "late-reply": pc.dim("late reply, changes nothing"),
  undeliverable: pc.yellow("nobody listens"),
  ended: pc.bold("ended"),
};

/** One line of a timeline; `startedAt` is when the saga began. */
export function timelineLine(row: HistoryRow, startedAt: number): string {
  const ms = `${row.at - startedAt} ms`.padStart(8);
  const attempt = row.attempt && row.attempt > 1 ? ` (attempt ${row.attempt})` : "";
  const detail = text(row.data, "message") ?? text(row.data, "status");
  const said = words[row.kind] ?? row.kind;
  return `${pc.dim(ms)}  ${(row.step ?? "saga").padEnd(14)}${said}${attempt}${detail ? pc.dim(`: ${detail}`) : ""}`;
}

/** Finds a text in a row's data, one level down at most: failures stand under their own name. */
function text(data: Json | undefined, name: string): string | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  const fields = data as { readonly [name: string]: Json };
  const value = fields[name];
  return typeof value === "string" ? value : name === "message" ? text(fields.failure, name) : undefined;
}

/** The results of all scenarios, aligned. */
export function resultTable(results: readonly ScenarioResult[]): string {
  const rows = results.map(({ scenario, state, order, steps }) => {
    const undone = steps.filter((step) => step.compensated).map((step) => step.name);
    return [scenario, state, order, undone.join(", ") || "-"];
  });
  const table = [["scenario", "saga", "order", "compensated"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("   ")
        .trimEnd(),
    )
    .join("\n");
}
