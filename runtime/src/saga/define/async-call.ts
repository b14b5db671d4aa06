/** An asynchronous call: a command accepted now, its result reported by an event. One step to its author, up to three in the records. */
import { durationMs } from "../../core/duration.js";
import { type BuilderPosition, checkName, named } from "./builder-position.js";
import type { PhaseNode, StepContext, StepNode, StepScope } from "./definition.js";
import { checkOptions } from "./known-options.js";
import { type AnyWaitOptions, makeWait } from "./make-action.js";
import { type AnyStepOptions, makeStep } from "./make-step.js";

type Options = Omit<AnyStepOptions, "key" | "deadline"> &
  AnyWaitOptions & { readonly read?: AnyStepOptions & { readonly with: NonNullable<AnyStepOptions["with"]> } };

/** `<name>:call`, then `<name>:wait`, then `<name>`; without `read` the wait itself is `<name>`. */
export function makeAsyncCall(name: string, options: Options, position: BuilderPosition): PhaseNode {
  checkName(name, position);
  const { read, wait, key, match, until, deadline, ...call } = options;
  return named(name, position, () => {
    checkOptions("asyncCall", options);
    const accepted = `${name}:call`;
    const told = read ? `${name}:wait` : name;
    const nodes: StepNode[] = [
      renamed(makeStep(name, call, position), accepted, position),
      {
        kind: "step",
        name: told,
        path: position.prefix + told,
        ...(position.bodies.length > 0 && { bodies: position.bodies }),
        pivot: false,
        action: makeWait({
          wait,
          match,
          ...(until && { until }),
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
          position,
        ),
      );
    }
    return { kind: "phase", name, path: `${position.prefix}${name}:all`, body: { kind: "sequence", nodes } };
  });
}

function renamed(step: StepNode, name: string, position: BuilderPosition): StepNode {
  return { ...step, name, path: position.prefix + name };
}
