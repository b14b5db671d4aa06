/** Sagas for people: a table of many, a timeline of one. */
import pc from "picocolors";
import { printJson } from "./lossless-json.js";
import type { Attempt, Finding, HistoryLine, Json, Overview, StepInstance, Summary } from "./saga-admin.js";

type Colors = ReturnType<typeof pc.createColors>;

/** A line for each saga, in columns. */
export function table(sagas: readonly Overview[], color: boolean): readonly string[] {
  const paint = pc.createColors(color);
  const rows = sagas.map((saga) => [
    saga.id,
    `${saga.type} v${saga.version}`,
    saga.key ?? "",
    saga.paused ? `${saga.status}, paused` : saga.status,
    saga.openSteps.join(", "),
    shortTime(saga.startedAt),
    shortTime(saga.updatedAt),
  ]);
  const head = ["saga", "type", "key", "status", "open steps", "started", "updated"];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], style: (cell: string, column: number) => string): string =>
    cells
      .map((cell, column) => style(cell.padEnd(widths[column] ?? 0), column))
      .join("  ")
      .trimEnd();
  return [
    line(head, paint.dim),
    ...rows.map((row) => line(row, (cell, column) => (column === 3 ? statusColor(cell.trim(), paint)(cell) : cell))),
  ];
}

/** What has happened to a saga: its steps with their calls, then what people did. */
export function timeline(saga: Summary, color: boolean): readonly string[] {
  const paint = pc.createColors(color);
  const status = saga.paused ? `${saga.status}, paused` : saga.status;
  const start = Date.parse(saga.startedAt);
  const took = saga.endedAt === undefined ? "" : `, took ${span(Date.parse(saga.endedAt) - start)}`;
  return [
    `${paint.bold(`${saga.type} v${saga.version}`)}${saga.key === undefined ? "" : ` ${saga.key}`}  ${statusColor(saga.status, paint)(status)}`,
    paint.dim(`${saga.id}, line ${saga.seq}, started ${shortTime(saga.startedAt)}${took}`),
    ...(saga.failure ? [paint.red(because(saga.failure))] : []),
    ...(saga.unresolved.length > 0 ? [paint.yellow(`not undone: ${saga.unresolved.join(", ")}`)] : []),
    ...payload("input", saga.input, paint, ""),
    "",
    ...saga.steps.flatMap(({ operation, instances }) =>
      instances.flatMap((step) => stepLines(step, operation, start, paint)),
    ),
    ...(saga.acts.length > 0 ? [""] : []),
    ...saga.acts.map(({ at, action, step, by, why, refused }) => {
      const what = [action, ...(step === undefined ? [] : [step])].join(" ");
      return `${offset(at, start)}  ${what} by ${by}: ${why}${refused === undefined ? "" : paint.red(`  refused: ${refused}`)}`;
    }),
    ...saga.children.flatMap((child) => ["", ...timeline(child, color).map((line) => `    ${line}`.trimEnd())]),
  ];
}

function stepLines(step: StepInstance, operation: string | undefined, start: number, paint: Colors): readonly string[] {
  const at = step.startedAt === undefined ? " ".repeat(9) : offset(step.startedAt, start);
  const failure = step.failure === undefined ? "" : `  ${paint.red(because(step.failure))}`;
  const about = operation === undefined ? "" : `  ${paint.dim(operation)}`;
  const { compensation } = step;
  return [
    `${at}  ${mark(step.status, paint)} ${step.path.padEnd(20)} ${statusColor(step.status, paint)(step.status)}${about}${failure}`,
    ...retries(step.attempts, start, paint),
    ...payload("sent", step.request, paint),
    ...payload("reply", step.reply, paint),
    ...payload("result", step.result, paint),
    ...step.updates.flatMap(({ receivedAt, status, payload: content }) => [
      `${offset(receivedAt, start)}      message: ${status}`,
      ...payload("payload", content, paint),
    ]),
    ...(compensation?.attempts ?? []).map(
      (attempt) =>
        `${offset(attempt.sentAt, start)}      undo ${compensation?.operation ?? ""} ${outcomeOf(attempt, paint)}`,
    ),
    ...payload("sent", compensation?.request, paint),
  ];
}

/** Everything that has been written of a saga, a line each. */
export function historyLines(lines: readonly HistoryLine[], color: boolean): readonly string[] {
  const paint = pc.createColors(color);
  const start = lines[0]?.at ?? 0;
  const width = String(lines.at(-1)?.seq ?? 0).length;
  return lines.map(({ seq, at, kind, step, attempt, data }) => {
    const what = [
      kind,
      ...(step === undefined ? [] : [step]),
      ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
    ];
    const content = data === undefined || data === null ? "" : `  ${paint.dim(cut(printJson(data, 0)))}`;
    const when = `+${span(at - start)}`.padStart(9);
    return `${String(seq).padStart(width)}  ${when}  ${what.join("  ")}${content}`;
  });
}

// On a line of its own, where there is something to see.
function payload(name: string, content: Json | undefined, paint: Colors, margin = " ".repeat(15)): readonly string[] {
  if (content === undefined || content === null) return [];
  return [paint.dim(`${margin}${name} ${cut(printJson(content, 0))}`)];
}

const longest = 400;

const cut = (text: string): string =>
  text.length > longest ? `${text.slice(0, longest)}... (${text.length} characters; --json shows all)` : text;

// One attempt is the rule, and says nothing that its step does not.
function retries(attempts: readonly Attempt[], start: number, paint: Colors): readonly string[] {
  if (attempts.length < 2) return [];
  return attempts.map((attempt) => `${offset(attempt.sentAt, start)}      attempt ${outcomeOf(attempt, paint)}`);
}

function outcomeOf({ attempt, outcome, code, sentAt, endedAt }: Attempt, paint: Colors): string {
  const took = endedAt === undefined ? "" : ` after ${span(Date.parse(endedAt) - Date.parse(sentAt))}`;
  const how = code === undefined ? outcome : `${outcome}: ${code}`;
  return `${attempt} ${statusColor(outcome, paint)(how)}${took}`;
}

/** A line for each finding. */
export function findingLines(findings: readonly Finding[], color: boolean): readonly string[] {
  const paint = pc.createColors(color);
  return findings.map(({ severity, code, saga, step, message, sagaIds }) => {
    const where = step === undefined ? saga : `${saga}, step ${step}`;
    const ids = sagaIds === undefined ? "" : ` (${sagaIds.join(", ")})`;
    return `${(severity === "error" ? paint.red : paint.yellow)(severity)} ${paint.dim(code)} ${where}: ${message}${ids}`;
  });
}

function because({ step, code, message }: { step?: string; code: string; message: string }): string {
  const what = message === "" || message === code ? code : `${code}: ${message}`;
  return step === undefined ? what : `${step}: ${what}`;
}

const good = ["completed", "succeeded", "compensated", "skipped"];
const bad = ["needs-attention", "failed", "unknown", "compensation-failed"];

function statusColor(status: string, paint: Colors): (text: string) => string {
  if (good.includes(status)) return paint.green;
  if (bad.includes(status)) return paint.red;
  return status === "pending" ? paint.dim : paint.yellow;
}

function mark(status: string, paint: Colors): string {
  const sign = good.includes(status) ? "+" : bad.includes(status) ? "!" : status === "pending" ? " " : ">";
  return statusColor(status, paint)(sign);
}

function offset(at: string, start: number): string {
  return `+${span(Date.parse(at) - start)}`.padStart(9);
}

function span(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms < 86_400_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${(ms / 86_400_000).toFixed(1)} d`;
}

function shortTime(iso: string): string {
  return iso.replace("T", " ").replace(/\.\d+Z$/, "Z");
}
