import { SagaspecError } from "../../core/errors.js";

/** Where in a saga a node is added. */
export interface BuilderPosition {
  readonly saga: string;
  /** What stands before the name in a path: `trip/car/`. */
  readonly prefix: string;
  /** How many segments of a path lead to each group around the place. */
  readonly bodies: readonly number[];
  /** Names that are visible here, and so taken. */
  readonly names: ReadonlySet<string>;
  /** Where no pivot may stand, and why. */
  readonly noPivot?: string;
}

/** Why no pivot may stand behind the pivot: there every step only goes forward. */
export const secondPivot = "a second pivot; a saga has one point of no return";

const reserved: ReadonlySet<string> = new Set(["input", "reply", "failure", "message", "item", "index"]);

/** @throws SagaspecError `invalid-definition` that names the node */
export function refuse(name: string, position: BuilderPosition, text: string): never {
  throw new SagaspecError("invalid-definition", `step '${name}' of saga '${position.saga}': ${text}`);
}

/** @throws SagaspecError `invalid-definition` for a name that is none, or is taken */
export function checkName(name: string, position: BuilderPosition): void {
  if (!/^[A-Za-z_$][\w$-]*$/.test(name))
    refuse(name, position, "no name for a step; begin with a letter, go on with letters, digits, '-' and '_'");
  if (reserved.has(name)) refuse(name, position, "a reserved word; name the step otherwise");
  if (position.names.has(name)) refuse(name, position, "already defined; name the step otherwise");
}

/** The place behind a node of that name. */
export function after(position: BuilderPosition, ...names: readonly string[]): BuilderPosition {
  return { ...position, names: new Set([...position.names, ...names]) };
}

/** The place inside a group: what stands there is seen from outside under the group's name. */
export function inside(position: BuilderPosition, segments: readonly string[], noPivot?: string): BuilderPosition {
  const prefix = `${position.prefix}${segments.join("/")}/`;
  const bodies = [...position.bodies, prefix.split("/").length - 1];
  return { ...position, prefix, bodies, ...(noPivot === undefined ? undefined : { noPivot }) };
}

/** Calls `make`, and says of which step it is that something is wrong with an option. */
export function named<T>(name: string, position: BuilderPosition, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const isOurs = error instanceof SagaspecError && error.message.includes(`of saga '${position.saga}'`);
    if (!isOurs && (error instanceof SagaspecError || error instanceof RangeError)) {
      return refuse(name, position, error.message.replace(/^\[[a-z-]+\] /, ""));
    }
    throw error;
  }
}
