/** For tests: sagas as pure decisions, time that passes when told to, whole systems in which things go wrong, and valid data. */
export { type FakeOptions, fake } from "./fake.js";
export { type Addressee, GivenSaga, given } from "./given.js";
export type { FaultKind, SimulationFaults } from "./simulation/faults.js";
export type { SimulateOptions, SimulationOptions, SimulationReport } from "./simulation/options.js";
export type {
  FinishedHistory,
  Scenario,
  SimulatedHistory,
  SimulatedSaga,
  SimulatedService,
} from "./simulation/scenario.js";
export { SimulationFailed, simulate } from "./simulation/simulate.js";
export { createVirtualClock, type VirtualClock } from "./virtual-clock.js";
