import type { NamedType } from "../contract/contract.js";
import type { Change } from "./change.js";
import { canonical } from "./schema/shape.js";
import { match, type Versions } from "./versions.js";

/** Generated type names that are gone, or called otherwise. Nothing of it is seen on the wire, only in imports. */
export function typeChanges({ old, now, scopes, messages }: Versions): Change[] {
  const wasOld = new Set(old.types);
  const payloads = new Map<string, string>();
  for (const [index, pair] of messages.pairs.entries()) {
    for (const [version, message] of Object.entries(pair)) {
      const { payload } = message;
      if (typeof payload === "object" && payload.$ref) payloads.set(`${version} ${payload.$ref}`, String(index));
    }
  }
  const version = (type: NamedType): "old" | "now" => (wasOld.has(type) ? "old" : "now");
  const { pairs, gone } = match(old.types, now.types, [
    (type) => type.name,
    (type) => payloads.get(`${version(type)} ${type.name}`),
    (type) => canonical(type.schema, scopes[version(type)], [type.name]),
  ]);
  const renamed = pairs.filter((pair) => pair.old.name !== pair.now.name);
  return [
    ...renamed.map((pair): Change => {
      const what = `Type ${pair.old.name} is called ${pair.now.name} now; nothing changes on the wire.`;
      return {
        level: "compatible",
        code: "type-renamed",
        what,
        pointer: pair.now.origin.pointer,
        symbol: pair.old.name,
        side: "both",
      };
    }),
    ...gone.map((type): Change => {
      const what = `Type ${type.name} is no longer generated.`;
      return {
        level: "compatible",
        code: "type-removed",
        what,
        pointer: type.origin.pointer,
        symbol: type.name,
        side: "both",
      };
    }),
  ];
}
