import type { Clock } from "../../core/clock.js";

/** A process that is merely busy fires its timers sooner. */
const stallMs = 1_000;

/**
 * The clock, for a process that may be made to stand still. A timer that fires much too late says so before it wakes
 * anybody: nothing that came meanwhile has been looked at.
 */
export function detectStalls(clock: Clock, stalled: () => void): Clock {
  const { random } = clock;
  return {
    now: () => clock.now(),
    ...(random && { random: () => random.call(clock) }),
    after(ms, wake, keepAlive) {
      const due = clock.now() + Math.max(0, ms);
      const awake = () => {
        if (clock.now() - due > stallMs) stalled();
        wake();
      };
      return clock.after(ms, awake, keepAlive);
    },
  };
}
