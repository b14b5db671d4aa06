/** For tests: sagas as pure decisions, time that passes when told to, and valid data. */
export { type FakeOptions, fake } from "./fake.js";
export { type Addressee, GivenSaga, given } from "./given.js";
export { createVirtualClock, type VirtualClock } from "./virtual-clock.js";
