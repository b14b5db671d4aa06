/** What must be true when everything has come to rest. */
import type { SagaDefinition } from "../../saga/definition.js";
import type { Instance, StepRecord } from "../../saga/instance.js";
import { stepAt } from "../../saga/nodes.js";
import type { SagaAdmin, SagaRow } from "../../saga/store.js";
import type { Deeds } from "./deeds.js";
import type { Accuse, Ledger } from "./ledger.js";

/** A history at its end. */
export interface Ended {
  readonly ledger: Ledger;
  readonly deeds: Deeds;
  readonly store: SagaAdmin;
  readonly definitions: readonly SagaDefinition[];
  readonly accuse: Accuse;
}

/** Accuses whoever has broken a promise of the design. */
export async function judgeEnd(ended: Ended): Promise<void> {
  for (const row of ended.ledger.rows.values()) {
    const definition = ended.definitions.find(({ type }) => type === row.type);
    if (definition) judgeSaga(ended, row, definition);
    await judgeHistory(ended, row);
  }
}

/** The history in the store is the one that was written, line for line. */
async function judgeHistory({ ledger, store, accuse }: Ended, { id }: SagaRow): Promise<void> {
  const stored = await store.history(id);
  if (JSON.stringify(stored) !== JSON.stringify(ledger.history.get(id))) {
    accuse(`${id}: its history in the store is not what was written`);
  }
}

function judgeSaga(ended: Ended, row: SagaRow, definition: SagaDefinition): void {
  const { accuse } = ended;
  const instance = row.state as unknown as Instance;
  if (instance.stuck !== undefined) accuse(`${row.id}: it is stuck: ${instance.stuck}`);
  const isExplained =
    instance.pivot !== undefined ||
    Object.values(instance.steps).some(({ status, parked }) => parked || status === "undo-failed");
  const isOpenPivot = Object.entries(instance.steps).some(
    ([path, { status }]) => status === "unknown" && stepAt(definition, path)?.pivot,
  );
  if (row.status === "needs-attention" && !isExplained && !isOpenPivot)
    accuse(`${row.id}: nothing in it needs attention`);
  for (const [path, record] of Object.entries(instance.steps)) {
    const step = stepAt(definition, path);
    const about = `${row.id}: it is ${row.status}, but its step '${path}' is ${record.status}`;
    if (record.status === "open" || record.status === "undoing") accuse(about);
    if (row.status === "completed" && record.status === "unknown" && step?.compensate) accuse(about);
    if (row.status === "completed") judgeDone(ended, record, about);
    if (row.status !== "compensated" && row.status !== "cancelled") continue;
    if (record.status === "undo-failed") accuse(about);
    if (!step?.compensate) continue;
    if (record.status === "done" || record.status === "unknown") accuse(about);
    if (step.compensate.kind !== "run") judgeUndone(ended, record, about);
  }
  if (row.status !== "completed") return;
  for (const node of definition.root.nodes) {
    if (node.kind !== "step" || instance.steps[node.path]) continue;
    accuse(`${row.id}: it is completed, but its step '${node.path}' never began`);
  }
}

/** What has succeeded has taken effect, and nobody has undone it. */
function judgeDone({ deeds, ledger, accuse }: Ended, record: StepRecord, about: string): void {
  const id = record.do?.id;
  if (record.status !== "done" || id === undefined || !ledger.isCommand(id)) return;
  const isUndone = deeds.undone.has(id);
  if (isUndone) accuse(`${about}, and its participant has undone it`);
  if (record.reply !== undefined && !deeds.done.has(id)) accuse(`${about}, and its participant has not done it`);
}

/** What has taken effect has been undone. */
function judgeUndone({ deeds, accuse }: Ended, record: StepRecord, about: string): void {
  const id = record.do?.id;
  if (id === undefined || !deeds.done.has(id)) return;
  if (!deeds.undone.has(id)) accuse(`${about}, and its participant has done it for good`);
}
