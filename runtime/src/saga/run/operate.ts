import { SagaspecError } from "../../core/errors.js";
import { uuidv7 } from "../../core/uuid.js";
import type { OperatorAct } from "../store/effects.js";
import type { HistoryRow } from "../store/saga-store.js";
import type { CompletionWaiter } from "./completion-waiter.js";
import type { Engine } from "./engine.js";
import { refusalOf } from "./operator-line.js";
import type { OperatorVerdict } from "./options.js";
import type { Settled } from "./saga-mailbox.js";
import type { StoreTime } from "./store-time.js";

export interface Operated {
  readonly engine: Engine;
  readonly time: StoreTime;
  readonly completion: CompletionWaiter;
}

/**
 * Carries out what a person does to a saga, and says what has become of it.
 * @throws SagaspecError `unknown-saga`; `conflict` where this worker could not decide it
 */
export async function operate(
  { engine, time, completion }: Operated,
  id: string,
  act: OperatorAct,
): Promise<OperatorVerdict> {
  const { how, written } = await new Promise<{ how: Settled; written: readonly HistoryRow[] | undefined }>(
    (resolve) => {
      const of = uuidv7(time.clock.now(), time.clock.random);
      const event = () => ({ type: "operate", at: time.now(), ...act, id: of }) as const;
      engine.submit(id, { needsFreshRow: true, event, settled: (how, written) => resolve({ how, written }) });
    },
  );
  if (how instanceof Error) throw how;
  if (how === "applied" || how === "duplicate" || how === "unknown-saga") {
    const { status } = await completion.handle(id).status();
    if (how === "unknown-saga") return { id, status, refused: `the saga is ${status}, and long over` };
    return { id, status, ...refusalOf(act, written ?? []) };
  }
  const text = `saga ${id}: ${act.action} was not carried out here (${how}); try again, or where its definition is registered`;
  throw new SagaspecError("conflict", text, { retryable: true });
}
