import type { Message, SchemaNode } from "../contract/contract.js";
import { bindingChanges } from "./bindings.js";
import { type Change, type Level, otherSide, type Use } from "./change.js";
import type { Difference } from "./schema/differences.js";
import type { Pair, Versions } from "./versions.js";

/** What changes in the messages of both versions. Which operation uses them is told by the operations. */
export function messageChanges(versions: Versions): Change[] {
  const told = new Set<string>();
  return versions.messages.pairs.flatMap((pair) =>
    [...versions.usesOfMessage(pair)].flatMap((use) => [
      ...identityChanges(pair, use),
      ...correlationChanges(pair, use),
      ...bindingChanges(`message ${pair.now.name}`, pair.old, pair.now, otherSide(use), "unknown"),
      ...(["payload", "headers"] as const).flatMap((part) =>
        differences(versions, pair, part)
          .filter((one) => isNews(told, one, use))
          .map((one) => schemaChange(one, use, `Message ${pair.now.name}, ${part}`)),
      ),
    ]),
  );
}

/** A type that several messages share is told once for each use. */
function isNews(told: Set<string>, { code, path, pointer, what }: Difference, use: Use): boolean {
  const id = [use, code, pointer, what, path.slice(path.lastIndexOf(".") + 1)].join("\n");
  return !told.has(id) && told.add(id) !== undefined;
}

function identityChanges({ old, now }: Pair<Message>, use: Use): Change[] {
  const side = otherSide(use);
  const pointer = now.origin.pointer;
  const changes: Change[] = [];
  if (old.name !== now.name) {
    const what = `Message ${old.name} is named ${now.name} on the wire now.`;
    changes.push({ level: "breaking", code: "message-name-changed", what, pointer, symbol: now.constName, side });
  }
  if (old.contentType !== now.contentType) {
    const what = `Message ${now.name} is ${now.contentType} now, it was ${old.contentType}.`;
    changes.push({ level: "breaking", code: "content-type-changed", what, pointer: `${pointer}/contentType`, side });
  }
  if (!old.deprecated && now.deprecated) {
    const what = `Message ${now.name} is deprecated now.`;
    changes.push({ level: "compatible", code: "message-deprecated", what, pointer, side });
  }
  return changes;
}

/** The declared place is preferred, the protocol's own is used as well: only a move leaves a peer without the id. */
function correlationChanges({ old, now }: Pair<Message>, use: Use): Change[] {
  const [was, is] = [old.correlationId, now.correlationId];
  if (was === is) return [];
  const level: Level = was !== undefined && (is !== undefined || use === "sent") ? "breaking" : "compatible";
  const place = (location: string | undefined): string => location ?? "the protocol's own place";
  return [
    {
      level,
      code: "correlation-id-changed",
      what: `The correlation id of message ${now.name} stands in ${place(is)} now, it stood in ${place(was)}.`,
      pointer: `${now.origin.pointer}/correlationId`,
      side: otherSide(use),
    },
  ];
}

function differences(
  versions: Versions,
  { old, now }: Pair<Message>,
  part: "payload" | "headers",
): readonly Difference[] {
  // No payload is an empty body, which every codec reads as null; no headers schema allows any headers.
  const absent: SchemaNode = part === "payload" ? { type: "null" } : { type: "object" };
  const pointers = { before: `${old.origin.pointer}/${part}`, after: `${now.origin.pointer}/${part}` };
  return versions.compare(old[part] ?? absent, now[part] ?? absent, pointers);
}

/** Says what a difference of schemas means for the others. */
function schemaChange({ code, path, what, pointer, ...one }: Difference, use: Use, subject: string): Change {
  const place = path === "" ? subject : `${subject} \`${path}\``;
  return { level: levelOf(one, use), code, what: `${place}: ${what}.`, pointer, side: otherSide(use) };
}

/** What the service receives must not be narrowed, what it sends must not be widened. */
function levelOf({ effect, certain }: Pick<Difference, "effect" | "certain">, use: Use): Level {
  const harmless = effect === "none" || effect === (use === "received" ? "widened" : "narrowed");
  if (harmless) return "compatible";
  return certain ? "breaking" : "unknown";
}
