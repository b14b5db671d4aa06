/** Messages as other programs may send them: such as nobody can read, and such as a store cannot keep. */
import type { Outgoing } from "../../messaging/transport.js";

const malformedMark = " (malformed)";
const unstorableMark = " (unstorable)";
/** Deeper than the stack of a recursive reader. */
const depth = 20_000;

/** A message that nobody can read. It says of itself that it is none of ours, but where it takes the place of a reply. */
export function malformed(message: Outgoing, chance: number): Outgoing {
  const { body, to } = message;
  const id = `${message.id}${malformedMark}`;
  const changes: readonly Partial<Outgoing>[] = [
    { body: body.slice(0, Math.max(1, body.length - 2)) },
    { body: Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3]), body]) },
    { body: Buffer.from('"neither a number nor an object"') },
    { body: Buffer.from(deeplyNested) },
    { type: "nobodyKnowsThis" },
  ];
  const changed = { ...message, ...changes[Math.floor(chance * changes.length)], id };
  if ("reply" in to) return changed;
  const { replyTo: _, correlationId: __, ...alien } = changed;
  return alien;
}

const deeplyNested = `{"trip":1,"thread":${'{"thread":'.repeat(depth)}{}${"}".repeat(depth)}}`;

/** The message with a NUL in a text, where its body is an object; undefined for another one. */
export function unstorable(message: Outgoing): Outgoing | undefined {
  let payload: unknown;
  try {
    payload = JSON.parse(Buffer.from(message.body).toString());
  } catch {
    return undefined;
  }
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return undefined;
  const body = Buffer.from(JSON.stringify({ ...payload, note: "a\u0000b" }));
  return { ...message, id: `${message.id}${unstorableMark}`, body };
}

/** The id that a message had before it was changed on its way. */
export function originalId(id: string): string {
  return id.replace(unstorableMark, "").replace(malformedMark, "");
}

/** Whether the message is one that nobody can read. */
export function isMalformed({ id }: { readonly id: string }): boolean {
  return id.includes(malformedMark);
}

/** Whether the message has been changed on its way: what becomes of the original says nothing of it. */
export function isTampered({ id }: { readonly id: string }): boolean {
  return id.includes(malformedMark) || id.includes(unstorableMark);
}

/** Whether a store refuses to keep this, as PostgreSQL does. */
export function isUnstorable(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\u0000");
  return typeof value === "object" && value !== null && Object.values(value).some(isUnstorable);
}
