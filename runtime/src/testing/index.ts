/** Sagas in tests: the pure decision, and time that passes when told to. */
export { type Addressee, GivenSaga, given } from "./given.js";
export { createVirtualClock, type VirtualClock } from "./virtual-clock.js";
