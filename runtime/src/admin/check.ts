/** What may go wrong with sagas, found before it does. */
import { type SagaDefinition, type StepNode, stepsOf } from "../saga/definition.js";
import { isFinished, type SagaAdmin, type SagaStatus } from "../saga/store.js";

/** Something that somebody should look at. */
export interface Finding {
  /**
   * - `unregistered`: sagas are under way whose type and version are registered nowhere here
   * - `definition-changed`: sagas are under way whose steps were others than those registered under their version
   * - `no-compensation`: a step that does something before the point of no return cannot be undone
   */
  readonly code: "unregistered" | "definition-changed" | "no-compensation";
  readonly severity: "error" | "warning";
  /** `create-order v1` */
  readonly saga: string;
  readonly step?: string;
  readonly message: string;
  /** Sagas that it concerns: some of them. */
  readonly sagaIds?: readonly string[];
}

const shown = 5;
const underWay: readonly SagaStatus[] = ["running", "compensating", "needs-attention"];

/** Compares definitions with the sagas under way, and looks at each of them by itself. */
export async function checkSagas(store: SagaAdmin, sagas: readonly SagaDefinition[]): Promise<readonly Finding[]> {
  return [...(await instances(store, sagas)), ...sagas.flatMap(definition)];
}

async function instances(store: SagaAdmin, sagas: readonly SagaDefinition[]): Promise<Finding[]> {
  const found = new Map<string, { code: "unregistered" | "definition-changed"; ids: string[]; count: number }>();
  for await (const row of sagasUnderWay(store)) {
    const saga = nameOf(row);
    const known = sagas.find((one) => nameOf(one) === saga);
    if (known?.hash === row.hash) continue;
    const about = found.get(saga) ?? { code: known ? "definition-changed" : "unregistered", ids: [], count: 0 };
    about.count += 1;
    if (about.ids.length < shown) about.ids.push(row.id);
    found.set(saga, about);
  }
  return [...found].map(([saga, { code, ids, count }]) => ({
    code,
    severity: "error",
    saga,
    message:
      code === "unregistered"
        ? `${count} under way, and no such definition is registered; register it until they have ended`
        : `${count} under way with other steps than those registered; give the new steps a new version and register both`,
    sagaIds: ids,
  }));
}

async function* sagasUnderWay(store: SagaAdmin) {
  for (const status of underWay) {
    for (let after: string | undefined; ; ) {
      const page = await store.list({ status, limit: 500, ...(after === undefined ? undefined : { after }) });
      yield* page.sagas.filter((row) => !isFinished(row.status));
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
  return before.filter(cannotBeUndone).map((step) => ({
    code: "no-compensation",
    severity: "warning",
    saga: nameOf(saga),
    step: step.path,
    message: "does something and has no compensation; give it one, or say compensate: false where nothing is to undo",
  }));
}

function cannotBeUndone({ action, compensate }: StepNode): boolean {
  return action?.kind === "call" && !compensate;
}

function nameOf({ type, version }: { readonly type: string; readonly version: number }): string {
  return `${type} v${version}`;
}
