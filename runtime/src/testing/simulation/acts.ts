/** What operators may do to a saga as it stands. */
import type { Json } from "../../codegen.js";
import type { SagaDefinition, StepNode } from "../../saga/define/definition.js";
import { groupAt, stepAt } from "../../saga/define/nodes.js";
import type { OperatorAct } from "../../saga/store/effects.js";
import type { Instance, StepRecord } from "../../saga/store/instance.js";
import type { SagaRow } from "../../saga/store/saga-store.js";
import { fake } from "../fake.js";
import type { FaultInjector } from "./fault-injector.js";

/** An operator's act, still without who does it and why. */
export type Act = Omit<OperatorAct, "by" | "why">;

/** Everything that an operator can ask for, sensible or not; each act is carried out or refused. */
export function possibleActs(definition: SagaDefinition, { state }: SagaRow, injector: FaultInjector): readonly Act[] {
  const { id, seq, input, steps } = state as unknown as Instance;
  const acts: Act[] = [
    { action: "pause" },
    { action: "retry" },
    { action: "compensate" },
    { action: "cancel-without-compensation" },
    // The same input once more: what the sagas make of other data is not what is simulated.
    { action: "patch", data: { input }, expectedSeq: seq },
  ];
  for (const [path, record] of Object.entries(steps)) {
    if (record.status === "undoing" || record.status === "undo-failed") acts.push({ action: "mark-done", step: path });
    if (record.status !== "open") continue;
    acts.push({ action: "retry", step: path });
    const step = stepAt(definition, path);
    const seed = 1 + Math.floor(injector.chance(`reply for ${id}/${path}`) * 1_000);
    const data = step && madeUpReply(step, seed);
    if (data !== undefined) acts.push({ action: "skip", step: path, data });
  }
  return acts;
}

/** What brings a saga that needs attention to its end: retrying all of it at first, skipping what fails later on. */
export function resolvingActs(definition: SagaDefinition, instance: Instance, times: number): readonly Act[] {
  if (times <= 2) return [{ action: "retry" }];
  const steps = Object.entries(instance.steps);
  const hasFailedGroup = Object.entries(instance.groups ?? {}).some(
    ([path, { failure }]) => failure && groupAt(definition, path),
  );
  if (instance.pivot === undefined && !instance.retreat && (hasFailedGroup || times % 2 === 1)) {
    return [{ action: "compensate" }];
  }
  return [
    ...steps.filter(([, { status }]) => status === "undo-failed").map(([step]): Act => ({ action: "mark-done", step })),
    ...steps
      .filter(([, record]) => hasFailed(record))
      .map(([path]): Act => {
        const step = stepAt(definition, path);
        return { action: "skip", step: path, data: (step && madeUpReply(step, times)) ?? null };
      }),
  ];
}

function hasFailed({ status, failure }: StepRecord): boolean {
  return status === "failed" || status === "unknown" || (status === "done" && failure !== undefined);
}

/** A reply that the step might have had, as far as a contract tells. */
function madeUpReply({ action, onReply }: StepNode, seed: number): Json | undefined {
  if (action?.kind === "sleep") return null;
  if (onReply) return undefined;
  if (action?.kind === "wait") {
    const { payload } = action.operation.message;
    return payload ? (fake(payload, { seed }) as Json) : null;
  }
  if (action?.kind !== "call") return undefined;
  const [success, another] = action.operation.reply.success;
  if (!success) return null;
  const payload = (fake(success, { seed }) ?? null) as Json;
  return another ? { name: action.operation.reply.names?.[0] ?? success.name, payload } : payload;
}
