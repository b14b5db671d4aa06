/** Finds problems of definitions, and of sagas under way, before a worker meets them. */

import { validatorFor } from "../contract/schema.js";
import type { SagaDefinition, StepNode } from "../saga/define/definition.js";
import { stepAt, stepsOf } from "../saga/define/nodes.js";
import { isOpenlyAddressed } from "../saga/run/definitions.js";
import { instanceOf } from "../saga/run/plan.js";
import type { SagaAdmin, SagaRow, SagaStatus } from "../saga/store/saga-store.js";
import { type Unreachable, unreachable } from "./reachable.js";

/** A problem of a definition, or of sagas under way. */
export interface Finding {
  /**
   * - `unregistered`: sagas are under way whose type and version are registered nowhere here
   * - `definition-changed`: sagas are under way whose steps were others than those registered under their version
   * - `unreadable`: the state of sagas under way cannot be read
   * - `payload-misfit`: what a step under way has sent, and may send again, breaks the contract as it is now
   * - `unreachable-branch`: a case is for a reply that the step does not get
   * - `missing-branch`: no case is for a reply that the step may get
   * - `unreachable-step`: what stands before it sleeps for longer than the saga, or its phase, may take
   * - `no-address`: the document leaves open where a step's message goes, and the step does not say; the runner must
   * - `no-compensation`: a step that does something before the point of no return cannot be undone
   */
  readonly code: Trouble["code"] | Unreachable["code"] | "no-compensation" | "no-address";
  readonly severity: "error" | "warning";
  /** `create-order v1` */
  readonly saga: string;
  readonly step?: string;
  readonly message: string;
  /** Sagas that it concerns: some of them. */
  readonly sagaIds?: readonly string[];
}

/** What is wrong with one saga under way. */
interface Trouble {
  readonly code: "unregistered" | "definition-changed" | "unreadable" | "payload-misfit";
  readonly step?: string;
}

const shown = 5;
const underWay: readonly SagaStatus[] = ["running", "compensating", "needs-attention"];

const advice: { readonly [code in Trouble["code"]]: string } = {
  unregistered: "under way, and no such definition is registered; register it until they have ended",
  "definition-changed":
    "under way with other steps than those registered; give the new steps a new version and register both",
  unreadable: "under way, and their state cannot be read; give the store the codec that wrote it",
  "payload-misfit": "would send what the contract does not allow any more; widen its schema until they have ended",
};

/** Compares definitions with the sagas under way, and checks each definition by itself. */
export async function checkSagas(store: SagaAdmin, sagas: readonly SagaDefinition[]): Promise<readonly Finding[]> {
  return [...(await instances(store, sagas)), ...sagas.flatMap(definition)];
}

async function instances(store: SagaAdmin, sagas: readonly SagaDefinition[]): Promise<Finding[]> {
  const found = new Map<string, Trouble & { readonly saga: string; readonly ids: string[] }>();
  for await (const row of sagasUnderWay(store)) {
    const saga = nameOf(row);
    const known = sagas.find((one) => nameOf(one) === saga);
    for (const trouble of troublesOf(row, known)) {
      const name = JSON.stringify([saga, trouble]);
      const about = found.get(name) ?? { ...trouble, saga, ids: [] };
      about.ids.push(row.id);
      found.set(name, about);
    }
  }
  return [...found.values()].map(({ ids, ...about }) => ({
    ...about,
    severity: "error",
    message: `${ids.length} ${advice[about.code]}`,
    sagaIds: ids.slice(0, shown),
  }));
}

function troublesOf(row: SagaRow, definition: SagaDefinition | undefined): Trouble[] {
  if (!definition) return [{ code: "unregistered" }];
  if (definition.hash !== row.hash) return [{ code: "definition-changed" }];
  if (row.unreadable !== undefined) return [{ code: "unreadable" }];
  return Object.entries(instanceOf(row).steps).flatMap(([step, record]): Trouble[] => {
    const action = stepAt(definition, step)?.action;
    if (!record.do || record.do.phase === "closed" || action?.kind !== "call") return [];
    const schema = action.operation.message.payload;
    const fits = schema === undefined || validatorFor(schema).check(record.do.payload);
    return fits ? [] : [{ code: "payload-misfit", step }];
  });
}

async function* sagasUnderWay(store: SagaAdmin) {
  for (const status of underWay) {
    for (let after: string | undefined; ; ) {
      const page = await store.list({ status, limit: 500, ...(after === undefined ? undefined : { after }) });
      yield* page.sagas;
      if (page.next === undefined) break;
      after = page.next;
    }
  }
}

function definition(saga: SagaDefinition): Finding[] {
  const steps = [...stepsOf(saga).values()];
  const pivot = steps.findIndex((step) => step.pivot);
  // Nothing follows the last step that could fail and turn the saga back.
  const before = steps.slice(0, pivot < 0 ? -1 : pivot);
  const lasting = before.filter(cannotBeUndone).map((step) => ({
    code: "no-compensation" as const,
    severity: "warning" as const,
    saga: nameOf(saga),
    step: step.path,
    message: "asks for something before the point of no return and has no compensation; fine where nothing is to undo",
  }));
  const strange = unreachable(saga).map((one) => ({ ...one, severity: "error" as const, saga: nameOf(saga) }));
  const unaddressed = steps.flatMap(({ path, action, compensate }) =>
    [action, compensate].filter(isOpenlyAddressed).map(({ operation }) => ({
      code: "no-address" as const,
      severity: "warning" as const,
      saga: nameOf(saga),
      step: path,
      message: `the document of '${operation.id}' leaves its address open; give the step address, or every runner addresses`,
    })),
  );
  return [...strange, ...unaddressed, ...lasting];
}

function cannotBeUndone({ action, compensate }: StepNode): boolean {
  return action?.kind === "call" && !compensate;
}

/** A step of a registered saga, and what it sends. */
export interface OperationUse {
  /** `create-order v1` */
  readonly saga: string;
  readonly step: string;
  /** `restaurant.createTicket` */
  readonly operation: string;
}

/** Every operation that the sagas call, send or wait for. */
export function operationsUsed(sagas: readonly SagaDefinition[]): OperationUse[] {
  return sagas.flatMap((saga) =>
    [...stepsOf(saga).values()].flatMap(({ path, action, compensate }) =>
      [action, compensate].flatMap((one) =>
        one && "operation" in one ? [{ saga: nameOf(saga), step: path, operation: one.operation.id }] : [],
      ),
    ),
  );
}

function nameOf({ type, version }: { readonly type: string; readonly version: number }): string {
  return `${type} v${version}`;
}
