// biome-ignore-all assist/source/organizeImports: in the order in which one meets them
/** Looking at sagas and acting on them, in a worker's process or in one of its own. */
export { createSagaAdmin, type SagaAdminOptions } from "./create-saga-admin.js";
export type { Admin, BulkOptions, BulkVerdict, SagaOverview, SagaPage, StartRequest } from "./admin.js";
export type {
  ActSummary,
  AttemptSummary,
  CompensationSummary,
  PhaseSummary,
  SagaSummary,
  StepInstanceSummary,
  StepSummary,
  UpdateSummary,
} from "./summary.js";
export type { Finding, OperationUse } from "./check.js";
export type { OperatorAct, OperatorAction } from "../saga/store/effects.js";
export { conditionOf, type SagaCondition } from "../saga/store/condition.js";
export type { OperatorVerdict } from "../saga/run/options.js";
export type { HistoryRow, SagaAdmin, SagaFilter, SagaStatus } from "../saga/store/saga-store.js";
// What runners tell with `lifecycle: { publish: true }`: subscribe to it.
export { type SagasEventsContract, type SagasEventsHandlers, sagasEvents } from "../saga/lifecycle/generated/index.js";
export type { OperatorEvent, SagaEvent, StepEvent } from "../saga/lifecycle/generated/index.js";
