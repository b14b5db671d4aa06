/** An asynchronous call: accepted now, its result told later. One step to its author, and up to three in the records. */
import { durationMs } from "../../core/duration.js";
import type { PhaseNode, StepContext, StepNode, StepScope } from "./definition.js";
import { type AnyWaitOptions, makeWait } from "./make-action.js";
import { type AnyStepOptions, makeStep } from "./make-step.js";
import { checkName, named, type Place } from "./place.js";

type Options = Omit<AnyStepOptions, "key" | "deadline"> &
  AnyWaitOptions & { readonly read?: AnyStepOptions & { readonly with: NonNullable<AnyStepOptions["with"]> } };

/** `<name>:call`, then `<name>:wait`, then `<name>`; without `read` the wait itself is `<name>`. */
export function makeAsyncCall(name: string, options: Options, place: Place): PhaseNode {
  checkName(name, place);
  const { read, wait, key, match, deadline, ...call } = options;
  return named(name, place, () => {
    const accepted = `${name}:call`;
    const told = read ? `${name}:wait` : name;
    const nodes: StepNode[] = [
      renamed(makeStep(name, call, place), accepted, place),
      {
        kind: "step",
        name: told,
        path: place.prefix + told,
        ...(place.bodies.length > 0 && { bodies: place.bodies }),
        pivot: false,
        action: makeWait({
          wait,
          match,
          deadline: durationMs(deadline),
          key: (scope: StepScope, context: StepContext) => key({ ...scope, reply: scope[accepted] }, context),
        }),
      },
    ];
    if (read) {
      const ask = read.with;
      nodes.push(
        makeStep(
          name,
          {
            ...read,
            with: (scope, context) => ask({ ...scope, reply: scope[accepted], message: scope[told] }, context),
          },
          place,
        ),
      );
    }
    return { kind: "phase", name, path: `${place.prefix}${name}:all`, body: { kind: "sequence", nodes } };
  });
}

function renamed(step: StepNode, name: string, place: Place): StepNode {
  return { ...step, name, path: place.prefix + name };
}
