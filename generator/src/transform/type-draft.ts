import type { SchemaNode } from "../contract/contract.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import { lastKey } from "../load/yaml/pointer.js";
import { typeName } from "./names.js";
import type { NameCandidate, NameClaim } from "./settle-names.js";

/** A type whose name is not settled before every type of the contract is known. */
export interface Draft {
  readonly node: JsonNode;
  /** Who keeps the name in a clash: a component before a message, both before an inline type. */
  kind: "component" | "message" | "inline";
  /** Names in order of preference; of an inline type, the path that follows its owner's name, short and in full. */
  wanted: readonly NameCandidate[];
  readonly owner?: Draft;
  /** The references to it, to be filled in. */
  readonly references: { $ref: string }[];
  schema: SchemaNode;
  name: string;
}

/** What a type is called where nobody else is. */
export function wantedName(draft: Draft): string {
  if (draft.owner === undefined) return draft.wanted[0]?.name ?? "";
  const [root, short] = inlinePath(draft);
  return root.name + short;
}

/** What a type asks for. Of an inline type, its owner must have its name. */
export function claimOf(draft: Draft, prefix: string): NameClaim {
  if (draft.owner) {
    const [root, short, full] = inlinePath(draft);
    return { rank: 0, candidates: [{ name: root.name + short }, { name: root.name + full }] };
  }
  const [first = { name: "" }] = draft.wanted;
  if (draft.kind === "message") return { rank: 2, candidates: draft.wanted };
  const isOwnKey =
    first.name === lastKey(draft.node.pointer.replace(/\/schema$/, "")) || draft.node.string("x-name") !== undefined;
  const rank = isOwnKey && (isComponent(draft.node) || draft.node.string("x-name") !== undefined) ? 0 : 1;
  return { rank, candidates: [...draft.wanted, { name: typeName(prefix) + first.name }] };
}

/** The type that is not inline, in which a type stands; a type that is not inline itself. */
export function rootOf(draft: Draft): Draft {
  let root = draft;
  while (root.owner) root = root.owner;
  return root;
}

/** The type that is not inline, and the path from there, short and in full. */
function inlinePath(draft: Draft): readonly [root: Draft, short: string, full: string] {
  let [short, full] = ["", ""];
  for (let one: Draft | undefined = draft; one?.owner; one = one.owner) {
    const [path, whole] = one.wanted;
    short = (path?.name ?? "") + short;
    full = (whole?.name ?? path?.name ?? "") + full;
  }
  return [rootOf(draft), short, full];
}

export function isComponent(node: JsonNode): boolean {
  return node.pointer.startsWith("/components/schemas/");
}
