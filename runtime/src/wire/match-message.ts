import { isInvalidMessage, type SagaspecError } from "../core/errors.js";
import type { Message } from "./message.js";
import type { Content, MessageFormat } from "./message-format.js";

/** What a message turned out to be. */
export type MessageMatch<Candidate> =
  | { readonly candidate: Candidate; readonly payload: unknown }
  /** It is none of the candidates', by its own word. */
  | { readonly unknown: string }
  | { readonly invalid: SagaspecError }
  /** Several candidates would take it. */
  | { readonly ambiguous: readonly Candidate[] };

/** Something that is told by its message. */
export interface Choosable {
  readonly format: MessageFormat;
  /** Name in error messages. */
  readonly subject: string;
}

/**
 * Which message is it? Its name on the wire decides, else a constant in headers or payload, else the only schema that
 * accepts it. The chosen one is valid.
 */
export function matchMessage<Candidate extends Choosable>(
  candidates: readonly Candidate[],
  message: Message,
): MessageMatch<Candidate> {
  const name = wireName(message);
  const named = name === "" ? candidates : candidates.filter(({ format }) => format.names.includes(name));
  if (named.length === 0) return { unknown: name };
  const [only] = named;
  if (only && named.length === 1) return validated(only, message);
  const told = named.filter((candidate) => tells(candidate, message));
  const [constant] = told;
  if (constant && told.length === 1) return validated(constant, message);
  const accepted = (told.length > 0 ? told : named).map((candidate) => validated(candidate, message));
  const valid = accepted.filter((choice) => "candidate" in choice);
  if (valid.length > 1) return { ambiguous: valid.map(({ candidate }) => candidate) };
  return valid[0] ?? (accepted[0] as MessageMatch<Candidate>);
}

/** What a message says it is; empty when it does not say. */
export function wireName({ type, headers }: Message): string {
  if (type !== "") return type;
  const named = headers["message-type"] ?? headers.ce_type ?? headers["cloudEvents:type"];
  return typeof named === "string" ? named : "";
}

function validated<Candidate extends Choosable>(candidate: Candidate, message: Message): MessageMatch<Candidate> {
  const { format, subject } = candidate;
  try {
    const payload = format.decode(message.body, subject);
    format.assert({ headers: message.headers, payload }, subject, "incoming");
    return { candidate, payload };
  } catch (error) {
    if (isInvalidMessage(error)) return { invalid: error };
    throw error;
  }
}

/** Whether a constant of the schemas stands in the message, and none is contradicted. */
function tells({ format, subject }: Choosable, message: Message): boolean {
  const content = contentOf(format, message, subject);
  if (!content) return false;
  const constants = [
    ...constantsOf(format.message.headers, content.headers),
    ...constantsOf(format.message.payload, content.payload),
  ];
  return constants.length > 0 && constants.every((agrees) => agrees);
}

function contentOf(format: MessageFormat, message: Message, subject: string): Content | undefined {
  try {
    return { headers: message.headers, payload: format.decode(message.body, subject) };
  } catch {
    return undefined;
  }
}

function constantsOf(schema: { readonly [keyword: string]: unknown } | undefined, value: unknown): boolean[] {
  if (typeof value !== "object" || value === null) return [];
  const properties = (schema?.properties ?? {}) as { readonly [name: string]: { readonly [keyword: string]: unknown } };
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!Object.hasOwn(value, name)) return [];
    const single = Array.isArray(property.enum) && property.enum.length === 1 ? property.enum[0] : property.const;
    return single === undefined ? [] : [(value as { readonly [name: string]: unknown })[name] === single];
  });
}
