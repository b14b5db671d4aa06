import { unicodePattern } from "@sagaspec/runtime/schema";
import { Budget, type PatternGraph, type Position, readPattern } from "./regex-automaton.js";

/** Most steps that a match may take. */
const MAX_STEPS = 1e8;
/** What is spent at most on the patterns of one document: a second or two. */
const MAX_EFFORT = 5_000_000;

/** Judges the patterns of one document by {@link isUnsafePattern}. Those for which nothing is left to spend are unsafe. */
export function redosChecker(length: number): (pattern: string) => boolean {
  const known = new Map<string, boolean>();
  const effort = new Budget(MAX_EFFORT);
  return (pattern) => {
    const judged = known.get(pattern) ?? isUnsafePattern(pattern, length, effort);
    known.set(pattern, judged);
    return judged;
  };
}

/**
 * Whether matching a text of this length by a pattern may take for ever: where a text can be matched in so many ways that
 * they multiply with each character, or where there are many characters. Says so of some patterns that would do: with
 * references back, too large to be looked at, or with an end that accepts whatever there is.
 */
export function isUnsafePattern(written: string, length: number, effort: Budget = new Budget(MAX_EFFORT)): boolean {
  const pattern = unicodePattern(written);
  if (pattern === undefined) return false;
  if (/\\(?:[1-9]|k<)/.test(pattern.replaceAll("\\\\", ""))) return true;
  try {
    const graph = readPattern(pattern, effort);
    const starts = pattern.startsWith("^") ? 0 : 1;
    const steps = waysOnce(graph, effort) * length ** (mostInARow(graph, effort) + starts);
    return steps > MAX_STEPS || graph.loops.some((loop) => isExplosive(new Set(loop), effort));
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}

/**
 * Whether a text leads round a loop in two ways: then the ways double with each round (Weber and Seidl, 1991). Two runs
 * that start at one place, match the same characters and meet again at one place are looked for.
 */
function isExplosive(loop: ReadonlySet<Position>, effort: Budget): boolean {
  const inside = new Map([...loop].map((place) => [place, place.next.filter((one) => loop.has(one))]));
  const apart = new Map<Position, Set<Position>>();
  const pending: (readonly [Position, Position])[] = [...loop].map((place) => [place, place]);
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [one, other] = pair;
    const [ahead, beside] = [inside.get(one) ?? [], inside.get(other) ?? []];
    effort.spend(ahead.length * beside.length);
    if (one === other && new Set(ahead).size < ahead.length) return true;
    for (const left of ahead) {
      for (const right of beside) {
        if ((left.characters & right.characters) === 0n) continue;
        if (left === right && one !== other) return true;
        if (left === right || apart.get(left)?.has(right)) continue;
        apart.set(left, (apart.get(left) ?? new Set()).add(right));
        pending.push([left, right]);
      }
    }
  }
  return false;
}

/** How many loops follow on one another that can share out one text between them in every way. */
function mostInARow({ loops }: PatternGraph, effort: Budget): number {
  const described = loops.map((loop) => ({
    loop,
    characters: loop.reduce((bits, one) => bits | one.characters, 0n),
    row: 1,
  }));
  for (const [index, before] of [...described.entries()].reverse()) {
    for (const after of described.slice(index + 1)) {
      const both = before.characters & after.characters;
      if (both !== 0n && leads(before.loop, after.loop, both, effort)) before.row = Math.max(before.row, 1 + after.row);
    }
  }
  return Math.max(0, ...described.map((one) => one.row));
}

/** Whether one loop leads to another by these characters alone. */
function leads(from: readonly Position[], to: readonly Position[], through: bigint, effort: Budget): boolean {
  const ends = new Set(to);
  const found = new Set(from);
  // The set grows while it is walked.
  for (const place of found) {
    effort.spend(place.next.length);
    for (const next of place.next) if ((next.characters & through) !== 0n) found.add(next);
    if (ends.has(place)) return true;
  }
  return false;
}

/** In how many ways a text of one and the same character can be matched without going round a loop: `a?a?a?` in eight. */
function waysOnce({ places, loops }: PatternGraph, effort: Budget): number {
  const loopOf = new Map(loops.flatMap((loop) => loop.map((place) => [place, loop] as const)));
  let most = 1;
  for (const characters of new Set(places.map((one) => one.characters))) {
    const ways = new Map<Position, number>();
    for (const place of [...places].reverse()) {
      effort.spend(place.next.length);
      const loop = loopOf.get(place);
      const on = place.next.filter((one) => (one.characters & characters) === characters);
      const behind = on.filter((one) => loop === undefined || loopOf.get(one) !== loop);
      ways.set(place, 1 + behind.reduce((sum, one) => sum + (ways.get(one) ?? 0), 0));
    }
    most = Math.max(most, ...ways.values());
  }
  return most;
}
