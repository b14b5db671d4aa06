import { setTimeout as wait } from "node:timers/promises";

/** Share of the real waiting time that the example spends: 0.2 makes five seconds one. */
const scale = Number(process.env.WAITING_SCALE ?? 0.2);

/** Milliseconds of the example's own waiting times. */
export function scaled(seconds: number): number {
  return seconds * 1_000 * scale;
}

export async function pause(seconds: number): Promise<void> {
  await wait(scaled(seconds));
}
