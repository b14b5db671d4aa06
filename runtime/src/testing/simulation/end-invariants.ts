/** What must be true when everything has come to rest. */
import { isDeepStrictEqual } from "node:util";
import type { SagaDefinition, StepNode } from "../../saga/define/definition.js";
import { stepAt } from "../../saga/define/nodes.js";
import type { Instance, StepRecord } from "../../saga/store/instance.js";
import { type HistoryRow, isFinished, type SagaAdmin, type SagaRow } from "../../saga/store/saga-store.js";
import type { EffectLog } from "./effect-log.js";
import { checkHistory, type HistoryCheck } from "./history-check.js";
import type { Ledger, ReportViolation } from "./ledger.js";
import { lostIn, openIn } from "./progress-oracle.js";
import type { Forgetting } from "./retention.js";

/** A history at its end. */
export interface Ended {
  readonly ledger: Ledger;
  readonly deeds: EffectLog;
  readonly store: SagaAdmin;
  readonly definitionOf: (row: SagaRow) => SagaDefinition | undefined;
  /** Ids of the messages in which others have heard of the sagas. */
  readonly told: ReadonlySet<string>;
  readonly forgetting: Forgetting;
  readonly now: number;
  readonly accuse: ReportViolation;
}

/** Accuses whoever has broken a promise of the design. */
export async function checkEndInvariants(ended: Ended): Promise<void> {
  const { ledger, definitionOf, accuse } = ended;
  for (const row of ledger.rows.values()) {
    const definition = definitionOf(row);
    const history = ledger.history.get(row.id) ?? [];
    if (definition && ledger.rests(row)) {
      const story = checkHistory(history, (violation) => accuse(`${row.id}: ${violation}`));
      judgeSaga(ended, row, definition, story);
      judgeWay(row, definition, accuse);
    }
    await judgeStored(ended, row, history);
  }
  for (const id of ledger.lifecycle) if (!ended.told.has(id)) accuse(`${id}: nobody was told of it`);
}

/** What the store has is what was written: the saga, or what retention leaves of it, and its history line for line. */
async function judgeStored(
  { store, ledger, forgetting, now, accuse }: Ended,
  row: SagaRow,
  history: readonly HistoryRow[],
): Promise<void> {
  // A child is left as it is until its parent goes.
  const isHeld = row.parent !== undefined && !ledger.gone.has(row.parent);
  const left = isHeld ? "anything" : forgetting.leaves(row, now);
  if (ledger.gone.has(row.id)) return;
  const stored = await store.get(row.id);
  if (!stored) return accuse(`${row.id}: the store has it no more`);
  const isTombstone = stored.state === null && isFinished(row.status);
  if (left === "nothing" || (left === "tombstone" && !isTombstone))
    accuse(`${row.id}: it is ${row.status} for ${now - row.updatedAt} ms, and ${left} should be left of it`);
  const isWhole = isSame(stored.state, row.state);
  if (stored.token !== row.token || !(isWhole || isTombstone))
    accuse(`${row.id}: in the store it is not what was written`);
  if (!isSame(await store.history(row.id), history)) {
    accuse(`${row.id}: its history in the store is not what was written`);
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other) || isDeepStrictEqual(one, JSON.parse(JSON.stringify(other)));
}

function judgeSaga(ended: Ended, row: SagaRow, definition: SagaDefinition, story: HistoryCheck): void {
  const { accuse } = ended;
  const instance = row.state as unknown as Instance;
  if (instance.stuck !== undefined) accuse(`${row.id}: it is stuck: ${instance.stuck}`);
  if (story.end !== undefined && story.end !== row.status)
    accuse(`${row.id}: it is ${row.status}, and its history says that it has ended as ${story.end}`);
  if (row.status === "needs-attention" && !isExplained(definition, instance))
    accuse(`${row.id}: nothing in it needs attention`);
  for (const [path, record] of Object.entries(instance.steps)) {
    const step = stepAt(definition, path);
    const about = `${row.id}: it is ${row.status}, but its step '${path}' is ${record.status}`;
    const told = story.statuses.get(path);
    if (told && !told.includes(record.status)) accuse(`${about}, and its history says that it is ${told.join(" or ")}`);
    const isLeft = lostIn(instance, definition, path)?.rest === "leave";
    judgeStep(ended, { row, instance, step, record, about, isMarked: story.marked.has(path), isLeft });
  }
}

interface Judged {
  readonly row: SagaRow;
  readonly instance: Instance;
  readonly step: StepNode | undefined;
  readonly record: StepRecord;
  readonly about: string;
  /** Somebody has said that it is undone. */
  readonly isMarked: boolean;
  /** Another step of its group was done first, and what this one has done is left as it is. */
  readonly isLeft: boolean;
}

function judgeStep(ended: Ended, { row, instance, step, record, about, isMarked, isLeft }: Judged): void {
  const { accuse } = ended;
  const isUnderWay = record.status === "open" || record.status === "undoing";
  if (isUnderWay && record.needsAttention !== true) accuse(about);
  if (row.status === "completed" && record.status === "unknown" && step?.compensate && !isLeft) accuse(about);
  if (row.status === "completed") judgeDone(ended, step, record, about);
  if ((row.status !== "compensated" && row.status !== "cancelled") || instance.retreat?.leaveAsIs) return;
  if (record.status === "undo-failed") accuse(about);
  if (!step?.compensate) return;
  if (record.status === "done" || record.status === "unknown") accuse(about);
  if (step.compensate.kind !== "run" && !isMarked) judgeUndone(ended, record, about);
}

function isExplained(definition: SagaDefinition, instance: Instance): boolean {
  if (instance.pivot !== undefined) return true;
  return Object.entries(instance.steps).some(
    ([path, { status, parked }]) =>
      parked || status === "undo-failed" || (status === "unknown" && stepAt(definition, path)?.pivot),
  );
}

/** What has succeeded has taken effect, and nobody has undone it. */
function judgeDone(
  { deeds, ledger, accuse }: Ended,
  step: StepNode | undefined,
  record: StepRecord,
  about: string,
): void {
  const id = record.do?.id;
  if (record.status !== "done" || id === undefined) return;
  const isSent = step?.action?.kind === "send" && deeds.watches(step.action.operation) && record.result === undefined;
  if (!isSent && !ledger.isCommand(id)) return;
  const isUndone = deeds.undone.has(id);
  if (isUndone) accuse(`${about}, and its participant has undone it`);
  if ((isSent || record.reply !== undefined) && !deeds.done.has(id))
    accuse(`${about}, and its participant has not done it`);
}

/** What has taken effect has been undone. */
function judgeUndone({ deeds, accuse }: Ended, record: StepRecord, about: string): void {
  const id = record.do?.id;
  if (id === undefined || !deeds.done.has(id)) return;
  if (!deeds.undone.has(id)) accuse(`${about}, and its participant has done it for good`);
}

/** A saga is completed when everything is behind it that its definition asks for, and not before. */
function judgeWay(row: SagaRow, definition: SagaDefinition, accuse: ReportViolation): void {
  if (row.status !== "completed") return;
  const open = openIn(row.state as unknown as Instance, definition.root);
  if (open !== undefined) accuse(`${row.id}: it is completed, but not its step '${open}'`);
}
