import type { Member } from "./definition.js";
import type { Body } from "./groups.js";
import { makeEach, type Open } from "./make-group.js";
import { type AnyStepOptions, makeStep } from "./make-step.js";
import { after, checkName, inside, type Place, refuse } from "./place.js";

type MemberOptions = { readonly dependsOn?: readonly string[] };
type Steps = (body: never) => Body;
type AnyEachOptions = Omit<Parameters<typeof makeEach>[1], "steps"> & { readonly steps: Steps };

/** The group that a function of its members is given, and the members that it has added. */
class GroupBuilder {
  readonly members: { [name: string]: Member } = {};
  #place: Place;
  readonly #open: (steps: Steps) => Open;

  constructor(place: Place, open: (steps: Steps) => Open) {
    this.#place = place;
    this.#open = open;
  }

  step(name: string, { dependsOn = [], ...options }: MemberOptions & AnyStepOptions): this {
    return this.#add(name, dependsOn, makeStep(name, options, this.#place));
  }

  sequence(name: string, { dependsOn = [], steps }: MemberOptions & { readonly steps: Steps }): this {
    checkName(name, this.#place);
    return this.#add(name, dependsOn, this.#open(steps)(inside(this.#place, [name])));
  }

  each(name: string, { dependsOn = [], ...options }: MemberOptions & AnyEachOptions): this {
    return this.#add(name, dependsOn, makeEach(name, { ...options, steps: this.#open(options.steps) }, this.#place));
  }

  #add(name: string, dependsOn: readonly string[], node: Member["node"]): this {
    const unknown = dependsOn.find((one) => !Object.hasOwn(this.members, one));
    if (unknown !== undefined) refuse(name, this.#place, `depends on '${unknown}', which is no member before it`);
    this.members[name] = { dependsOn, node };
    this.#place = after(this.#place, name);
    return this;
  }
}

/** The members that a function adds to a group at a place. */
export function membersOf(
  add: (group: never) => unknown,
  place: Place,
  open: (steps: Steps) => Open,
): { readonly [name: string]: Member } {
  const group = new GroupBuilder(place, open);
  add(group as never);
  return group.members;
}
