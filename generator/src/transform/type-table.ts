import type { NamedType, SchemaNode } from "../contract/contract.js";
import type { Reporter } from "../contract/diagnostic.js";
import type { JsonNode } from "../load/yaml/json-node.js";
import { isTakenType, numbered, typeName } from "./names.js";
import type { SharedTypes } from "./shared-types.js";

/** A type whose name is not settled before every type of the contract is known. */
export interface Draft {
  readonly node: JsonNode;
  /** Who keeps the name in a clash: a component before a message, both before an inline type. */
  kind: "component" | "message" | "inline";
  /** Names in order of preference; of an inline type, the end that follows its owner's name. */
  wanted: readonly string[];
  readonly owner?: Draft;
  /** The references to it, to be filled in. */
  readonly references: { $ref: string }[];
  schema: SchemaNode;
  name: string;
}

type Claim = Pick<Draft, "node" | "kind" | "wanted"> & { readonly owner?: Draft };

/** The named types of one contract: each place once, however many references lead to it. */
export class TypeTable {
  readonly #drafts = new Map<string, Draft>();
  readonly #queue: [draft: Draft, build: (draft: Draft) => SchemaNode][] = [];
  readonly #shared: SharedTypes;

  constructor(shared: SharedTypes) {
    this.#shared = shared;
  }

  /** A reference to the type of a node. `build` is called once for each node, later, so that schemas may recur. */
  refer(claim: Claim, build: (draft: Draft) => SchemaNode): { $ref: string } {
    let draft = this.#drafts.get(claim.node.id);
    if (!draft) {
      draft = { ...claim, references: [], schema: true, name: "" };
      this.#drafts.set(claim.node.id, draft);
      this.#queue.push([draft, build]);
    } else if (draft.kind === "component" && claim.kind === "message" && !isComponent(claim.node)) {
      // A reference came to the payload before its own message did.
      draft.kind = "message";
      draft.wanted = claim.wanted;
    }
    const reference = { $ref: "" };
    draft.references.push(reference);
    return reference;
  }

  /** Builds the schemas that have been referred to since the last time. */
  flush(): void {
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const [draft, build] = next;
      draft.schema = build(draft);
    }
  }

  /** Settles every name, fills in the references, and tells of names that clashed. */
  finish(service: string, reporter: Reporter): NamedType[] {
    const drafts = this.#withoutTwins();
    const taken = new Map<string, Draft>();
    const isFree = (name: string): boolean => !taken.has(name) && !isTakenType(name);
    const settle = (draft: Draft, name: string): void => {
      draft.name = name;
      taken.set(name, draft);
      for (const reference of draft.references) reference.$ref = name;
    };

    for (const draft of drafts) {
      if (this.#shared.owns(draft)) settle(draft, this.#shared.nameOf(draft, wantedName(draft)));
    }
    for (const kind of ["component", "message", "inline"]) {
      for (const draft of drafts) {
        if (draft.kind !== kind || draft.name !== "") continue;
        settle(draft, choose(draft, service, taken, isFree));
      }
    }
    for (const draft of drafts) reportRename(reporter, draft);
    return drafts.map((draft) => this.#named(draft));
  }

  /** Messages written twice, word for word, have one type. */
  #withoutTwins(): Draft[] {
    const firsts = new Map<string, Draft>();
    const dropped = new Set<Draft>();
    const kept: Draft[] = [];
    for (const draft of this.#drafts.values()) {
      if (draft.owner && dropped.has(draft.owner)) {
        dropped.add(draft);
        continue;
      }
      if (draft.kind === "message") {
        const key = JSON.stringify([draft.wanted[0], draft.node.source.location, draft.node.toJSON]);
        const first = firsts.get(key);
        if (first) {
          first.references.push(...draft.references);
          dropped.add(draft);
          continue;
        }
        firsts.set(key, draft);
      }
      kept.push(draft);
    }
    return kept;
  }

  #named(draft: Draft): NamedType {
    const description = draft.node.string("description");
    const deprecated = draft.node.boolean("deprecated");
    const { name, schema } = draft;
    return {
      name,
      origin: draft.node.origin,
      schema,
      deprecated,
      ...(description === undefined ? {} : { description }),
      ...(this.#shared.owns(draft) ? { module: this.#shared.moduleOf(draft.node.source) } : {}),
    };
  }
}

function reportRename(reporter: Reporter, draft: Draft): void {
  const wanted = wantedName(draft);
  if (draft.name === wanted || wanted === "") return;
  const reason = isTakenType(wanted)
    ? "the language or the runtime has a type of that name"
    : "another type has that name";
  const hint = "Give it an `x-name` to choose the name yourself.";
  reporter.info(draft.node, "renamed-type", `the type '${wanted}' is called '${draft.name}': ${reason}`, hint);
}

function wantedName(draft: Draft): string {
  const [first = ""] = draft.wanted;
  return draft.owner ? draft.owner.name + first : first;
}

function choose(
  draft: Draft,
  service: string,
  taken: ReadonlyMap<string, Draft>,
  isFree: (name: string) => boolean,
): string {
  const wanted = wantedName(draft);
  if (draft.kind === "inline" || isFree(wanted)) return numbered(wanted, isFree);
  const others = draft.wanted.slice(1);
  if (draft.kind === "component") others.push(typeName(service) + wanted);
  else if (taken.get(wanted)?.kind !== "message") others.unshift(`${wanted}Message`);
  return others.find(isFree) ?? numbered(others[0] ?? wanted, isFree);
}

function isComponent(node: JsonNode): boolean {
  return node.pointer.startsWith("/components/schemas/");
}
