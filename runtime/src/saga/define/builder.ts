import { durationMs } from "../../core/duration.js";
import { SagaspecError } from "../../core/errors.js";
import { makeAsyncCall } from "./async-call.js";
import { after, type BuilderPosition, named, secondPivot } from "./builder-position.js";
import { parseCron } from "./cron.js";
import type { BranchNode, Node, SagaDefinition, SequenceNode } from "./definition.js";
import { definitionHash } from "./definition-hash.js";
import type { Body, CasesOf, EachOptions, ParallelOptions, PhaseOptions } from "./groups.js";
import { checkOptions } from "./known-options.js";
import { hasPivot, makeBranch, makeEach, makeParallel, makePhase, membersOf, type Open } from "./make-group.js";
import { makeStep } from "./make-step.js";
import { namesIn } from "./nodes.js";
import type { Saga, SagaOptions } from "./saga.js";
import type { SagaAnswer, SagaStart, Schedule } from "./start.js";

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
export function saga<Input, Payload = never, const Payloads extends readonly unknown[] = readonly never[]>(
  name: string,
  options: SagaOptions<Input, Payload, Payloads>,
): Saga<Input, Record<never, never>> {
  if (!/^[A-Za-z][\w.-]*$/.test(name)) {
    throw new SagaspecError(
      "invalid-definition",
      `saga '${name}': no name for a saga; use letters, digits, '-', '_' and '.'`,
    );
  }
  const { version, input, lateSuccess = "compensate", deadline, warnAfter, startOn, schedule } = options;
  const on = startOn && ((Array.isArray(startOn) ? startOn : [startOn]) as unknown as NonNullable<SagaStart["on"]>);
  const start: SagaStart = {
    ...(on && { on }),
    ...(schedule && { schedule: schedule as Schedule<unknown> }),
  };
  if (schedule) parseCron(schedule.cron, schedule.timeZone);
  const position: BuilderPosition = {
    saga: name,
    prefix: "",
    bodies: [],
    names: new Set(),
  };
  const head: Head<Input> = named("start", position, () => {
    checkOptions("saga", options);
    for (const one of on ?? []) checkOptions("startOn", one);
    checkKeys(on ?? []);
    if (schedule) checkOptions("schedule", schedule);
    return {
      type: name,
      version,
      input,
      lateSuccess,
      ...(deadline !== undefined && { deadlineMs: durationMs(deadline) }),
      ...(warnAfter !== undefined && { warnAfterMs: durationMs(warnAfter) }),
      ...((startOn || schedule) && { start }),
    };
  });
  return build(head, { kind: "sequence", nodes: [] }, position);
}

/** Several messages are about one saga only by a key that each of them has. */
function checkKeys(on: NonNullable<SagaStart["on"]>): void {
  const seen = new Set<string>();
  for (const { message, key } of on) {
    if (on.length > 1 && !key) {
      throw new SagaspecError(
        "invalid-definition",
        `startOn '${message.id}': several messages start it; give each a key`,
      );
    }
    if (seen.has(message.id)) {
      throw new SagaspecError("invalid-definition", `startOn has '${message.id}' twice; drop one`);
    }
    seen.add(message.id);
  }
}

/** What a definition says beside its nodes. */
type Head<Input> = Omit<SagaDefinition<Input>, "root" | "hash">;

function build<Input, Results>(head: Head<Input>, root: SequenceNode, position: BuilderPosition): Saga<Input, Results> {
  let hash: string | undefined;
  const open =
    (steps: (body: never) => Body): Open =>
    (at) =>
      steps(build(head, { kind: "sequence", nodes: [] }, at) as never).root;
  const add = (node: Node): Saga<Input, never> => {
    const next = after(position, ...namesIn(node));
    return build(
      head,
      { ...root, nodes: [...root.nodes, node] },
      hasPivot(node) ? { ...next, noPivot: secondPivot } : next,
    );
  };
  const answers = (answer: SagaAnswer) =>
    named("answers", position, () => {
      checkOptions("answers", answer);
      return build({ ...head, start: { ...head.start, answer } }, root, position);
    });
  const methods: { readonly [Method in Exclude<Methods, "answers">]: (name: string, options: never) => unknown } = {
    step: (name, options) => add(makeStep(name, options, position)),
    asyncCall: (name, options) => add(makeAsyncCall(name, options, position)),
    branch: (name, options: { on: string | BranchNode["on"]; cases: CasesOf<unknown, unknown> }) => {
      const { on, cases } = options;
      named(name, position, () => checkOptions("branch", options));
      const opened = Object.entries(cases).map(([one, steps]) => [one, open(steps)]);
      return add(makeBranch(name, { on, cases: Object.fromEntries(opened) }, position));
    },
    parallel: (name, options: ParallelOptions<unknown, unknown, "all" | "any", unknown>) =>
      add(makeParallel(name, options, (at) => membersOf(options.members, at, open), position)),
    each: (name, options: EachOptions<unknown, unknown, unknown, Body>) =>
      add(
        makeEach(
          name,
          { ...options, of: options.of as () => readonly unknown[], steps: open(options.steps) },
          position,
        ),
      ),
    phase: (name, options: PhaseOptions<unknown, unknown, Body>) =>
      add(makePhase(name, { ...options, steps: open(options.steps) }, position)),
  };
  return {
    ...head,
    get hash() {
      hash ??= definitionHash(root);
      return hash;
    },
    root,
    // The interface types what the makers check: the data behind it is one and the same.
    ...({ ...methods, answers } as unknown as Pick<Saga<Input, Results>, Methods>),
  };
}

type Methods = "answers" | "step" | "branch" | "parallel" | "each" | "phase" | "asyncCall";
