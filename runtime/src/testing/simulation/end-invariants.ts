/** What must be true when everything has come to rest. */
import { isDeepStrictEqual } from "node:util";
import type { SagaDefinition, StepNode } from "../../saga/define/definition.js";
import { stepAt } from "../../saga/define/nodes.js";
import type { Instance, StepRecord } from "../../saga/store/instance.js";
import { type HistoryRow, isFinished, type SagaAdmin, type SagaRow } from "../../saga/store/saga-store.js";
import { checkHistory, type HistoryCheck } from "./history-check.js";
import { lostRaceOf, openIn } from "./progress-oracle.js";
import type { RetentionCheck } from "./retention.js";
import type { System } from "./system.js";

/** A history at its end. */
export interface Ended extends System {
  readonly store: SagaAdmin;
  /** Ids of the lifecycle events that have arrived. */
  readonly lifecycleEvents: ReadonlySet<string>;
  readonly retention: RetentionCheck;
}

/** Checks every saga as it stands and as it is stored, with its history and with what the participants have done. */
export async function checkEndInvariants(ended: Ended): Promise<void> {
  const { ledger, definitionOf, reportViolation } = ended;
  for (const row of ledger.rows.values()) {
    const definition = definitionOf(row);
    const history = ledger.history.get(row.id) ?? [];
    if (definition && ledger.rests(row)) {
      checkSaga(
        ended,
        row,
        definition,
        checkHistory(history, (violation) => reportViolation(`${row.id}: ${violation}`)),
      );
      checkProgress(ended, row, definition);
    }
    await checkStored(ended, row, history);
  }
  for (const id of ledger.lifecycle) {
    if (!ended.lifecycleEvents.has(id) && !ended.broker.refusedForGood.has(id))
      reportViolation(`${id}: its event was never published`);
  }
}

/** What the store has is what was written: the saga, or what retention leaves of it, and its history line for line. */
async function checkStored(
  { store, ledger, retention, time: { now }, reportViolation }: Ended,
  row: SagaRow,
  history: readonly HistoryRow[],
): Promise<void> {
  // A child is left as it is until its parent goes.
  const isHeld = row.parent !== undefined && !ledger.deleted.has(row.parent);
  const left = isHeld ? "anything" : retention.leaves(row, now);
  if (ledger.deleted.has(row.id)) return;
  const stored = await store.get(row.id);
  if (!stored) return reportViolation(`${row.id}: the store has it no more`);
  const isTombstone = stored.state === null && isFinished(row.status);
  if (left === "nothing" || (left === "tombstone" && !isTombstone))
    reportViolation(`${row.id}: it is ${row.status} for ${now - row.updatedAt} ms, and ${left} should be left of it`);
  const isWhole = isSame(stored.state, row.state);
  if (stored.token !== row.token || !(isWhole || isTombstone))
    reportViolation(`${row.id}: in the store it is not what was written`);
  if (!isSame(await store.history(row.id), history)) {
    reportViolation(`${row.id}: its history in the store is not what was written`);
  }
}

function isSame(one: unknown, other: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : inner));
  return text(one) === text(other) || isDeepStrictEqual(JSON.parse(text(one)), JSON.parse(text(other)));
}

function checkSaga(ended: Ended, row: SagaRow, definition: SagaDefinition, lines: HistoryCheck): void {
  const { reportViolation } = ended;
  const instance = row.state as unknown as Instance;
  if (instance.stuck !== undefined && !ended.injector.hasInjected("unstorable"))
    reportViolation(`${row.id}: it is stuck: ${instance.stuck}`);
  if (lines.end !== undefined && lines.end !== row.status)
    reportViolation(`${row.id}: it is ${row.status}, and its history says that it has ended as ${lines.end}`);
  if (row.status === "needs-attention" && !isExplained(definition, instance))
    reportViolation(`${row.id}: nothing in it needs attention`);
  for (const [path, record] of Object.entries(instance.steps)) {
    const step = stepAt(definition, path);
    const about = `${row.id}: it is ${row.status}, but its step '${path}' is ${record.status}`;
    const possible = lines.statuses.get(path);
    if (possible && !possible.includes(record.status))
      reportViolation(`${about}, and its history says that it is ${possible.join(" or ")}`);
    const isLeft = lostRaceOf(instance, definition, path)?.rest === "leave";
    checkStep(ended, { row, instance, step, record, about, isMarked: lines.marked.has(path), isLeft });
  }
}

interface StepAtEnd {
  readonly row: SagaRow;
  readonly instance: Instance;
  readonly step: StepNode | undefined;
  readonly record: StepRecord;
  readonly about: string;
  /** An operator has said that it is undone. */
  readonly isMarked: boolean;
  /** It has lost a race whose losers are left as they are. */
  readonly isLeft: boolean;
}

function checkStep(ended: Ended, { row, instance, step, record, about, isMarked, isLeft }: StepAtEnd): void {
  const { reportViolation } = ended;
  const isUnderWay = record.status === "open" || record.status === "undoing";
  if (isUnderWay && record.needsAttention !== true) reportViolation(about);
  if (row.status === "completed" && record.status === "unknown" && step?.compensate && !isLeft) reportViolation(about);
  if (row.status === "completed") checkDone(ended, step, record, about);
  if ((row.status !== "compensated" && row.status !== "cancelled") || instance.retreat?.leaveAsIs) return;
  if (record.status === "undo-failed") reportViolation(about);
  if (!step?.compensate) return;
  if (record.status === "done" || record.status === "unknown") reportViolation(about);
  if (step.compensate.kind !== "run" && !isMarked) checkUndone(ended, record, about);
}

function isExplained(definition: SagaDefinition, instance: Instance): boolean {
  if (instance.pivot !== undefined) return true;
  return Object.entries(instance.steps).some(
    ([path, { status, parked }]) =>
      parked || status === "undo-failed" || (status === "unknown" && stepAt(definition, path)?.pivot),
  );
}

/** What has succeeded has taken effect, and nobody has undone it. */
function checkDone(
  { effectLog, ledger, broker, reportViolation }: Ended,
  step: StepNode | undefined,
  record: StepRecord,
  about: string,
): void {
  const id = record.do?.id;
  if (record.status !== "done" || id === undefined) return;
  const isSent =
    step?.action?.kind === "send" && effectLog.watches(step.action.operation) && record.result === undefined;
  if (!isSent && !ledger.isCommand(id)) return;
  const isUndone = effectLog.undone.has(id);
  if (isUndone) reportViolation(`${about}, and its participant has undone it`);
  const isRefused = isSent && broker.refusedForGood.has(id);
  if ((isSent || record.reply !== undefined) && !isRefused && !effectLog.done.has(id))
    reportViolation(`${about}, and its participant has not done it`);
}

/** What has taken effect has been undone. */
function checkUndone({ effectLog, broker, reportViolation }: Ended, record: StepRecord, about: string): void {
  const id = record.do?.id;
  if (id === undefined || !effectLog.done.has(id)) return;
  // An undo without an answer that the broker does not take is told of, and is nothing that a saga could wait for.
  if (record.undo && broker.refusedForGood.has(record.undo.id)) return;
  if (!effectLog.undone.has(id)) reportViolation(`${about}, and its participant has done it for good`);
}

/** A saga is completed when everything is behind it that its definition asks for, and not before. */
function checkProgress({ reportViolation }: Ended, row: SagaRow, definition: SagaDefinition): void {
  if (row.status !== "completed") return;
  const open = openIn(row.state as unknown as Instance, definition.root);
  if (open !== undefined) reportViolation(`${row.id}: it is completed, but not its step '${open}'`);
}
