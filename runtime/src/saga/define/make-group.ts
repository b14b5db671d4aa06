/** From the options of groups to their nodes. `open` makes the steps inside, at their place. */
import { type Duration, durationMs } from "../../core/duration.js";
import { after, type BuilderPosition, checkName, inside, named, refuse } from "./builder-position.js";
import type { BranchNode, EachNode, Member, ParallelNode, PhaseNode, SequenceNode, StepNode } from "./definition.js";
import type { Body } from "./groups.js";
import { checkOptions } from "./known-options.js";
import { type AnyStepOptions, makeStep } from "./make-step.js";
import { childrenOf } from "./nodes.js";

/** Makes the steps of a body. */
export type Open = (position: BuilderPosition) => SequenceNode;

const noPivot = "a pivot inside a group; let the pivot stand before the group or behind it";

export function makeBranch(
  name: string,
  { on, cases }: { readonly on: string | BranchNode["on"]; readonly cases: { readonly [name: string]: Open } },
  position: BuilderPosition,
): BranchNode {
  checkName(name, position);
  const entries = Object.entries(cases);
  if (entries.length === 0) refuse(name, position, "has no cases");
  for (const [one] of entries) checkName(one, { ...position, names: new Set() });
  return {
    kind: "branch",
    name,
    path: position.prefix + name,
    ...(position.bodies.length > 0 && { bodies: position.bodies }),
    ...(typeof on === "string" ? { on: replyOf(on), step: on } : { on }),
    cases: Object.fromEntries(entries.map(([one, open]) => [one, open(inside(position, [name, one]))])),
  };
}

/** Which of its contract's replies a step was answered with: the messages are told apart by name. */
function replyOf(step: string): BranchNode["on"] {
  return (scope) => (scope[step] as { readonly name: string }).name;
}

export function makeParallel(
  name: string,
  options: { readonly mode?: "all" | "any"; readonly rest?: "cancel" | "leave" },
  members: (position: BuilderPosition) => { readonly [name: string]: Member },
  position: BuilderPosition,
): ParallelNode {
  checkName(name, position);
  named(name, position, () => checkOptions("parallel", options));
  const { mode = "all", rest = "cancel" } = options;
  const made = members(inside(position, [name], noPivot));
  if (Object.keys(made).length === 0) refuse(name, position, "has no members");
  return { kind: "parallel", name, path: position.prefix + name, mode, rest, members: made };
}

export function makeEach(
  name: string,
  options: { readonly of: EachNode["of"]; readonly concurrency?: number; readonly steps: Open },
  position: BuilderPosition,
): EachNode {
  checkName(name, position);
  named(name, position, () => checkOptions("each", options));
  const { of, concurrency = 10, steps } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    refuse(name, position, `concurrency is ${concurrency}; give a whole number from 1`);
  const body = steps(inside(position, [name, "*"], noPivot));
  const bodies = position.bodies.length > 0 && { bodies: position.bodies };
  return { kind: "each", name, path: position.prefix + name, ...bodies, of, concurrency, body };
}

export function makePhase(
  name: string,
  options: { readonly timeout?: Duration | number; readonly warnAfter?: Duration | number; readonly steps: Open },
  position: BuilderPosition,
): PhaseNode {
  checkName(name, position);
  named(name, position, () => checkOptions("phase", options));
  return named(name, position, () => ({
    kind: "phase",
    name,
    path: position.prefix + name,
    // Its steps stand beside it, under names of their own.
    body: options.steps(after(position, name)),
    ...(options.timeout !== undefined && { timeoutMs: durationMs(options.timeout) }),
    ...(options.warnAfter !== undefined && { warnAfterMs: durationMs(options.warnAfter) }),
  }));
}

/** The pivots among the nodes of a sequence; of the cases of a branch one counts. */
export function hasPivot(node: SequenceNode | StepNode | BranchNode | ParallelNode | EachNode | PhaseNode): boolean {
  return node.kind === "step" ? node.pivot : childrenOf(node).some(hasPivot);
}

type MemberOptions = { readonly dependsOn?: readonly string[] };
type Steps = (body: never) => Body;
type AnyEachOptions = Omit<Parameters<typeof makeEach>[1], "steps"> & { readonly steps: Steps };

/** The builder that the `members` function of a parallel group is given, with the members added so far. */
class GroupBuilder {
  readonly members: { [name: string]: Member } = {};
  #position: BuilderPosition;
  readonly #open: (steps: Steps) => Open;

  constructor(position: BuilderPosition, open: (steps: Steps) => Open) {
    this.#position = position;
    this.#open = open;
  }

  step(name: string, { dependsOn = [], ...options }: MemberOptions & AnyStepOptions): this {
    return this.#add(name, dependsOn, makeStep(name, options, this.#position));
  }

  sequence(name: string, { dependsOn = [], ...options }: MemberOptions & { readonly steps: Steps }): this {
    named(name, this.#position, () => checkOptions("sequence", options));
    const { steps } = options;
    checkName(name, this.#position);
    return this.#add(name, dependsOn, this.#open(steps)(inside(this.#position, [name])));
  }

  each(name: string, { dependsOn = [], ...options }: MemberOptions & AnyEachOptions): this {
    return this.#add(name, dependsOn, makeEach(name, { ...options, steps: this.#open(options.steps) }, this.#position));
  }

  #add(name: string, dependsOn: readonly string[], node: Member["node"]): this {
    const unknown = dependsOn.find((one) => !Object.hasOwn(this.members, one));
    if (unknown !== undefined) refuse(name, this.#position, `depends on '${unknown}', which is no member before it`);
    this.members[name] = { dependsOn, node };
    this.#position = after(this.#position, name);
    return this;
  }
}

/** The members that a function adds to a group at a place. */
export function membersOf(
  add: (group: never) => unknown,
  position: BuilderPosition,
  open: (steps: Steps) => Open,
): { readonly [name: string]: Member } {
  const group = new GroupBuilder(position, open);
  add(group as never);
  return group.members;
}
