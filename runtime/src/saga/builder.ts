import type { Failures } from "../codegen.js";
import { SagaspecError } from "../errors.js";
import { definitionHash, type Node, type SagaDefinition, type SequenceNode } from "./definition.js";
import type { SagaInput } from "./input.js";
import { type AnyStepOptions, makeStep } from "./make-step.js";
import type { StepOptions } from "./options.js";
import type { NewStep } from "./scope.js";

/** What a saga is told at its beginning. */
export interface SagaOptions<Input> {
  /** Raise it with every change of structure: sagas under way finish with the version they started with. */
  readonly version: number;
  /** Schema of what a saga starts from: a generated one, or any Standard Schema. */
  readonly input: SagaInput<Input>;
  /** What a success does that arrives after its step was compensated. @default "compensate" */
  readonly lateSuccess?: "compensate" | "record";
}

/** A saga, and the way to add a step to it. Every `step` gives a new saga; the one before stays as it was. */
export interface Saga<Input, Results> extends SagaDefinition<Input> {
  /**
   * Adds a step: `call` sends a command and waits for its answer, `send` sends a message without one, `run` calls a
   * function of this process, and `compensate` alone takes part in the way back only.
   */
  step<const Name extends string, Payload, F extends Failures, Undo, Reply = void, Result = Reply>(
    name: NewStep<Name, Results>,
    options: StepOptions<Input, Results, Payload, F, Undo, Reply, Result>,
    // Spelled out rather than intersected, so that hovering a saga lists its steps.
  ): Saga<Input, { readonly [Step in keyof Results | Name]: Step extends keyof Results ? Results[Step] : Result }>;
  /** The results of the steps. Never set: it carries the type. */
  readonly "~results"?: Results;
}

/**
 * Begins the definition of a saga: steps that are carried out one after the other, and undone in reverse order when one
 * of them fails. A definition is data; {@link createSagaRunner} runs it.
 * @throws SagaspecError `invalid-definition` when a step cannot be what it says
 * @example
 * saga("create-order", { version: 1, input: NewOrderSchema })
 *   .step("ticket", {
 *     call: restaurant.createTicket,
 *     with: ({ input }) => ({ orderId: input.orderId, items: input.items }),
 *     compensate: { call: restaurant.rejectTicket, with: ({ input }) => ({ orderId: input.orderId }) },
 *   })
 */
export function saga<Input>(name: string, options: SagaOptions<Input>): Saga<Input, Record<never, never>> {
  if (!/^[A-Za-z][\w.-]*$/.test(name)) {
    throw new SagaspecError(
      "invalid-definition",
      `saga '${name}': no name for a saga; use letters, digits, '-', '_' and '.'`,
    );
  }
  return build(name, options, { kind: "sequence", nodes: [] });
}

function build<Input, Results>(name: string, options: SagaOptions<Input>, root: SequenceNode): Saga<Input, Results> {
  let hash: string | undefined;
  const step = (stepName: string, given: AnyStepOptions): Saga<Input, never> => {
    const node = makeStep(stepName, given, { saga: name, before: root.nodes });
    const nodes: Node[] = [...root.nodes, node];
    return build(name, options, { kind: "sequence", nodes });
  };
  return {
    type: name,
    version: options.version,
    get hash() {
      hash ??= definitionHash(root);
      return hash;
    },
    input: options.input,
    lateSuccess: options.lateSuccess ?? "compensate",
    root,
    // The interface types what `makeStep` checks: the data behind it is one and the same.
    step: step as unknown as Saga<Input, Results>["step"],
  };
}
