import { numbered } from "./names.js";

/** Somebody who is to get a name that nobody else has. */
export interface NameClaim {
  /** Claimants of a smaller number keep a name from those of a larger one. */
  readonly rank: number;
  /** In order of preference. */
  readonly candidates: readonly NameCandidate[];
}

export interface NameCandidate {
  readonly name: string;
  /** Taken only where the name before it went to a stronger claimant; equals pass it over. */
  readonly onlyBehindStronger?: boolean;
}

interface State {
  readonly claim: NameClaim;
  level: number;
}

/**
 * Gives each claimant a name of its own, whatever the order they come in: a stronger claimant keeps the name, and equal
 * ones all go on to what tells them apart, so that a name never passes silently from one to another. Only claimants
 * with nothing left to tell them apart are numbered, in their order.
 *
 * @param isTaken names that none of them may have
 * @returns the names, in the order of the claims
 */
export function settleNames(claims: readonly NameClaim[], isTaken: (name: string) => boolean): string[] {
  // Nothing tells those apart that would accept the same names: one of them stands for all.
  const keys = claims.map(({ rank, candidates }) => JSON.stringify([rank, candidates]));
  const different = new Map<string, State>();
  for (const [index, claim] of claims.entries()) {
    const key = keys[index] ?? "";
    if (!different.has(key)) different.set(key, { claim, level: 0 });
  }
  const states = [...different.values()];
  for (const state of states) while (isTaken(nameOf(state)) && advance(state, true));
  for (let moved = true; moved; ) {
    moved = false;
    for (const group of clashes(states)) {
      const strongest = group.reduce((best, one) => (isStronger(one, best) ? one : best));
      const equals = group.filter((one) => !isStronger(strongest, one));
      const [winner] = equals.length === 1 ? equals : [];
      const weaker = group.filter((one) => !equals.includes(one));
      for (const one of weaker) moved = skipTaken(one, isTaken, true) || moved;
      if (!winner) for (const one of equals) moved = skipTaken(one, isTaken, false) || moved;
    }
  }
  return withNumbers(
    keys.flatMap((key) => different.get(key) ?? []),
    isTaken,
  );
}

function skipTaken(state: State, isTaken: (name: string) => boolean, behindStronger: boolean): boolean {
  const moved = advance(state, behindStronger);
  while (moved && isTaken(nameOf(state))) if (!advance(state, true)) break;
  return moved;
}

/** On to the next candidate, if there is one. */
function advance(state: State, behindStronger: boolean): boolean {
  const { candidates } = state.claim;
  const current = nameOf(state);
  for (let next = state.level + 1; next < candidates.length; next++) {
    const candidate = candidates[next];
    if (candidate?.name === current || (candidate?.onlyBehindStronger && !behindStronger)) continue;
    state.level = next;
    return true;
  }
  return false;
}

const nameOf = ({ claim, level }: State): string => claim.candidates[level]?.name ?? "";

/** By rank; of one rank, the name that comes by itself before one that was chosen to avoid another. */
const isStronger = (left: State, right: State): boolean =>
  left.claim.rank < right.claim.rank || (left.claim.rank === right.claim.rank && left.level === 0 && right.level > 0);

function clashes(states: readonly State[]): readonly (readonly State[])[] {
  const byName = new Map<string, State[]>();
  for (const state of states) {
    const group = byName.get(nameOf(state));
    if (group) group.push(state);
    else byName.set(nameOf(state), [state]);
  }
  return [...byName.values()].filter((group) => group.length > 1);
}

function withNumbers(states: readonly State[], isTaken: (name: string) => boolean): string[] {
  const names = new Array<string>(states.length);
  const wanted = new Set(states.map(nameOf));
  const given = new Set<string>();
  const strongestFirst = [...states.keys()].sort((left, right) => {
    const [one, other] = [states[left] as State, states[right] as State];
    return isStronger(one, other) ? -1 : isStronger(other, one) ? 1 : left - right;
  });
  for (const index of strongestFirst) {
    const name = nameOf(states[index] as State);
    const isFree = (one: string): boolean => !given.has(one) && !isTaken(one) && (one === name || !wanted.has(one));
    names[index] = numbered(name, isFree);
    given.add(names[index]);
  }
  return names;
}
