/** The steps that wait for a message, and the correlation keys of messages. */
import type { Json } from "../../codegen.js";
import type { SagaDefinition, StepNode, WaitAction } from "../define/definition.js";
import { stepsOf } from "../define/nodes.js";

/** A step that waits for a message. */
export type Wait = StepNode & { readonly action: WaitAction };

const waits = new WeakMap<SagaDefinition["root"], readonly Wait[]>();

/** The waits whose keys may be computed before they start: not those inside an `each`. */
export function waitsOf({ root }: Pick<SagaDefinition, "root">): readonly Wait[] {
  let found = waits.get(root);
  if (!found) {
    found = [...stepsOf({ root }).values()].filter(isWait).filter(({ path }) => !path.includes("*"));
    waits.set(root, found);
  }
  return found;
}

export function isWait(step: StepNode): step is Wait {
  return step.action?.kind === "wait";
}

/** The correlation key that a wait reads from a message; undefined for a message that concerns no saga. */
export function correlationKeyOf({ match }: WaitAction, payload: Json): string | undefined {
  try {
    const key = match(payload);
    return key === undefined || key === null ? undefined : String(key);
  } catch {
    return undefined;
  }
}
