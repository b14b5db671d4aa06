import type { Message, None, Schema } from "../codegen.js";
import { validatorFor } from "../contract/schema.js";
import { SagaspecError } from "../core/errors.js";
import { Generator } from "./fake/generator.js";
import { rootOf } from "./fake/node.js";
import { createRandom } from "./fake/random.js";

/** What kind of data {@link fake} makes. */
export interface FakeOptions {
  /** The same seed gives the same value, on every machine. @default 1 */
  readonly seed?: number;
  /** Takes the `examples` of the schema and of its parts where there are any. @default false */
  readonly examples?: boolean;
}

const attempts = 50;

/**
 * A valid, random payload of a message, or value of a schema.
 * @throws SagaspecError `invalid-definition` when no valid value is found: the schema contradicts itself, or asks for
 * more than the generator understands
 * @example
 * fake(CreateTicketSchema, { seed: 7 }) // { orderId: 512, customerId: 88, items: [{ name: "kodi", quantity: 3 }] }
 */
export function fake<Payload>(of: Message<Payload, None>, options?: FakeOptions): Payload;
export function fake<T>(of: Schema<T>, options?: FakeOptions): T;
export function fake(of: Message<unknown, None> | Schema<unknown>, options: FakeOptions = {}): unknown {
  const schema = isMessage(of) ? of.payload : of;
  if (schema === undefined) return undefined;
  const root = rootOf(schema);
  const validator = validatorFor(schema);
  const seed = options.seed ?? 1;
  let value: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    value = new Generator(root, createRandom(seed + attempt * 0x10001), options.examples ?? false).value(root.node);
    if (validator.check(value)) return value;
  }
  const { pointer, reason } = validator.explain(value);
  const subject = isMessage(of) ? of.name : "schema";
  throw new SagaspecError(
    "invalid-definition",
    `${subject}: no valid value in ${attempts} attempts, the last at ${pointer || "the whole"} ${reason}; use an example of the document instead`,
  );
}

function isMessage(of: Message<unknown, None> | Schema<unknown>): of is Message<unknown, None> {
  return typeof of.name === "string" && !("type" in of);
}
