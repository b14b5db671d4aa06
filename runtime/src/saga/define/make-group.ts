/** From the options of groups to their nodes. `open` makes the steps inside, at their place. */
import { type Duration, durationMs } from "../../core/duration.js";
import type { BranchNode, EachNode, Member, ParallelNode, PhaseNode, SequenceNode, StepNode } from "./definition.js";
import { childrenOf } from "./nodes.js";
import { after, checkName, inside, named, type Place, refuse } from "./place.js";

/** Makes the steps of a body. */
export type Open = (place: Place) => SequenceNode;

const noPivot = "a pivot inside a group; let the pivot stand before the group or behind it";

export function makeBranch(
  name: string,
  { on, cases }: { readonly on: string | BranchNode["on"]; readonly cases: { readonly [name: string]: Open } },
  place: Place,
): BranchNode {
  checkName(name, place);
  const entries = Object.entries(cases);
  if (entries.length === 0) refuse(name, place, "has no cases");
  for (const [one] of entries) checkName(one, { ...place, names: new Set() });
  return {
    kind: "branch",
    name,
    path: place.prefix + name,
    ...(place.bodies.length > 0 && { bodies: place.bodies }),
    ...(typeof on === "string" ? { on: replyOf(on), step: on } : { on }),
    cases: Object.fromEntries(entries.map(([one, open]) => [one, open(inside(place, [name, one]))])),
  };
}

/** Which of its contract's replies a step was answered with: the messages are told apart by name. */
function replyOf(step: string): BranchNode["on"] {
  return (scope) => (scope[step] as { readonly name: string }).name;
}

export function makeParallel(
  name: string,
  options: { readonly mode?: "all" | "any"; readonly rest?: "cancel" | "leave" },
  members: (place: Place) => { readonly [name: string]: Member },
  place: Place,
): ParallelNode {
  checkName(name, place);
  const { mode = "all", rest = "cancel" } = options;
  const made = members(inside(place, [name], noPivot));
  if (Object.keys(made).length === 0) refuse(name, place, "has no members");
  return { kind: "parallel", name, path: place.prefix + name, mode, rest, members: made };
}

export function makeEach(
  name: string,
  options: { readonly of: EachNode["of"]; readonly concurrency?: number; readonly steps: Open },
  place: Place,
): EachNode {
  checkName(name, place);
  const { of, concurrency = 10, steps } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    refuse(name, place, `concurrency is ${concurrency}; give a whole number from 1`);
  const body = steps(inside(place, [name, "*"], noPivot));
  const bodies = place.bodies.length > 0 && { bodies: place.bodies };
  return { kind: "each", name, path: place.prefix + name, ...bodies, of, concurrency, body };
}

export function makePhase(
  name: string,
  options: { readonly timeout?: Duration | number; readonly warnAfter?: Duration | number; readonly steps: Open },
  place: Place,
): PhaseNode {
  checkName(name, place);
  return named(name, place, () => ({
    kind: "phase",
    name,
    path: place.prefix + name,
    // Its steps stand beside it, under names of their own.
    body: options.steps(after(place, name)),
    ...(options.timeout !== undefined && { timeoutMs: durationMs(options.timeout) }),
    ...(options.warnAfter !== undefined && { warnAfterMs: durationMs(options.warnAfter) }),
  }));
}

/** The pivots among the nodes of a sequence; of the cases of a branch one counts. */
export function hasPivot(node: SequenceNode | StepNode | BranchNode | ParallelNode | EachNode | PhaseNode): boolean {
  return node.kind === "step" ? node.pivot : childrenOf(node).some(hasPivot);
}
