/**
 * For tests: a saga as a pure decision (`given`), sagas that run on a bus where the test is every service
 * (`createTestBus`), whole systems in which things go wrong (`simulate`), and valid data (`fake`).
 */
export { type FakeOptions, fake } from "./fake.js";
export { type Addressee, GivenSaga, given } from "./given.js";
export { call, type Expectation, failure, type GivenEvent, reply, runs, timePasses, undone } from "./given-dsl.js";
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
export { createTestBus, type TestBus, type TestBusOptions } from "./test-bus.js";
export type { SentMessage } from "./test-services.js";
export { createVirtualClock, type VirtualClock } from "./virtual-clock.js";
