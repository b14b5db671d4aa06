import type { Json } from "../codegen.js";
import { durationMs } from "../core/duration.js";
import { SagaspecError } from "../core/errors.js";
import { uuidv7 } from "../core/uuid.js";
import type { SagaDefinition } from "../saga/define/definition.js";
import { validatedInput } from "../saga/define/input.js";
import { Definitions } from "../saga/run/definitions.js";
import type { LifecycleOptions, SagaRunner } from "../saga/run/options.js";
import type { OperatorAct } from "../saga/store/effects.js";
import type { SagaAdmin, SagaFilter, SagaRow, SagaStore } from "../saga/store/saga-store.js";
import type { Admin, SagaOverview } from "./admin.js";
import { actOnAll } from "./bulk.js";
import { checkSagas, operationsUsed } from "./check.js";
import { headOf, isoTime } from "./head.js";
import { summarize } from "./summarize.js";
import type { SagaSummary } from "./summary.js";
import { begin, operate, rowOf } from "./transitions.js";

/** What an admin works with. */
export interface SagaAdminOptions {
  /** The store that the sagas live in. */
  readonly store: SagaStore & SagaAdmin;
  /** The definitions that the sagas run by. Without one, its sagas can be looked at, not acted on. @default none */
  readonly sagas?: readonly SagaDefinition[];
  /**
   * A started runner of the same process, which then carries out at once what an act asks for. Without it, whichever
   * worker sweeps the store next does, within seconds.
   */
  readonly runner?: SagaRunner;
  /** As the runners have it: what is done without a runner is told by whoever sweeps it. @default off */
  readonly lifecycle?: LifecycleOptions;
}

const purgeAtATime = 1_000;

/**
 * Makes an admin: in a worker's process with its runner, or in a process of its own with nothing but the store.
 * @throws SagaspecError `invalid-definition` for two definitions of one name and version
 * @example
 * const admin = createSagaAdmin({ store, sagas: [createOrder] });
 * const { sagas } = await admin.list({ status: "needs-attention" });
 * await admin.act(id, { action: "skip", step: "approval", by: "ada", why: "approved on the telephone" });
 */
export function createSagaAdmin({ store, sagas = [], runner, lifecycle }: SagaAdminOptions): Admin {
  const definitions = new Definitions(sagas);
  const publishes = lifecycle?.publish === true;

  async function act(id: string, given: OperatorAct) {
    const data = await checkedData(id, given);
    return runner ? runner.operate(id, data) : operate(store, definitions, id, data, publishes);
  }

  /** A patched input is held to the same schema as the first one. */
  async function checkedData(id: string, given: OperatorAct): Promise<OperatorAct> {
    const { action, data } = given;
    if (action !== "patch" || typeof data !== "object" || data === null || !("input" in data)) return given;
    const row = await rowOf(store, id);
    const definition = definitions.of(row);
    if (!definition) throw definitions.missing(row);
    return { ...given, data: { ...data, input: await validatedInput(definition, data.input) } };
  }

  async function summary(id: string): Promise<SagaSummary> {
    const row = await rowOf(store, id);
    const { sagas: children } = await store.list({ parent: id });
    return summarize(
      row,
      await store.history(id),
      definitions.of(row),
      await Promise.all(children.map((child) => summary(child.id))),
    );
  }

  return {
    async list(filter: SagaFilter = {}) {
      const { sagas: rows, next } = await store.list(filter);
      return { sagas: rows.map(overviewOf), ...(next === undefined ? undefined : { next }) };
    },
    get: (id) => store.get(id),
    async find(type, key) {
      const [row] = (await store.load([{ type, businessKey: key }])).flat();
      return row && overviewOf(row);
    },
    summary,
    history: (id) => store.history(id),
    act,
    actOnAll: (filter, given, options) => actOnAll(store, filter, (id) => act(id, given), options),
    async start(type, input: Json, { key, version } = {}) {
      const definition = sagas
        .filter((one) => one.type === type && (version === undefined || one.version === version))
        .sort((a, b) => b.version - a.version)[0];
      if (!definition) {
        const known = [...new Set(sagas.map((one) => one.type))].join(", ") || "none";
        const what = version === undefined ? `'${type}'` : `'${type}' v${version}`;
        throw new SagaspecError("unknown-saga", `saga ${what}: not registered; registered are ${known}`);
      }
      const checked = await validatedInput(definition, input);
      const event = { id: uuidv7(Date.now()), input: checked, ...(key === undefined ? undefined : { key }) };
      return overviewOf(await begin(store, definition, event, publishes));
    },
    check: () => checkSagas(store, sagas),
    operations: () => operationsUsed(sagas),
    async purge(finishedFor) {
      const { now } = await store.pending([], 0, 0);
      const before = now - durationMs(finishedFor);
      let purged = 0;
      for (;;) {
        const some = await store.purge(before, purgeAtATime);
        purged += some;
        if (some < purgeAtATime) return purged;
      }
    },
    close: async () => {
      if (!runner) await store.close();
    },
  };
}

function overviewOf(row: SagaRow): SagaOverview {
  return {
    ...headOf(row),
    openSteps: row.cursor,
    ...(row.dueAt === undefined ? undefined : { dueAt: isoTime(row.dueAt) }),
  };
}
