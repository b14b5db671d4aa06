import { SagaspecError } from "../../core/errors.js";

/** Where in a saga a node is added. */
export interface Place {
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

const reserved: ReadonlySet<string> = new Set(["input", "reply", "failure", "message", "item", "index"]);

/** @throws SagaspecError `invalid-definition` that names the node */
export function refuse(name: string, place: Place, text: string): never {
  throw new SagaspecError("invalid-definition", `step '${name}' of saga '${place.saga}': ${text}`);
}

/** @throws SagaspecError `invalid-definition` for a name that is none, or is taken */
export function checkName(name: string, place: Place): void {
  if (!/^[A-Za-z_$][\w$-]*$/.test(name))
    refuse(name, place, "no name for a step; begin with a letter, go on with letters, digits, '-' and '_'");
  if (reserved.has(name)) refuse(name, place, "a reserved word; name the step otherwise");
  if (place.names.has(name)) refuse(name, place, "already defined; name the step otherwise");
}

/** The place behind a node of that name. */
export function after(place: Place, ...names: readonly string[]): Place {
  return { ...place, names: new Set([...place.names, ...names]) };
}

/** The place inside a group: what stands there is seen from outside under the group's name. */
export function inside(place: Place, segments: readonly string[], noPivot?: string): Place {
  const prefix = `${place.prefix}${segments.join("/")}/`;
  const bodies = [...place.bodies, prefix.split("/").length - 1];
  return { ...place, prefix, bodies, ...(noPivot === undefined ? undefined : { noPivot }) };
}

/** Calls `make`, and says of which step it is that something is wrong with an option. */
export function named<T>(name: string, place: Place, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const isOurs = error instanceof SagaspecError && error.message.includes(`of saga '${place.saga}'`);
    if (!isOurs && (error instanceof SagaspecError || error instanceof RangeError)) {
      return refuse(name, place, error.message.replace(/^\[[a-z-]+\] /, ""));
    }
    throw error;
  }
}
