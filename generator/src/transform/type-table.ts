import type { NamedType, SchemaNode } from "../contract/contract.js";
import type { Reporter } from "../contract/diagnostic.js";
import { isTakenType } from "./names.js";
import { settleNames } from "./settle-names.js";
import type { SharedTypes } from "./shared-types.js";
import { claimOf, type Draft, isComponent, wantedName } from "./type-draft.js";

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

  /** Builds the schemas that have been referred to since the last time, and tells of those that are shared. */
  flush(): void {
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const [draft, build] = next;
      draft.schema = build(draft);
    }
    for (const draft of this.#drafts.values()) if (this.#shared.owns(draft)) this.#shared.add(draft);
  }

  /** Settles every name, fills in the references, and tells of names that clashed. */
  finish(service: string, reporter: Reporter): NamedType[] {
    const drafts = this.#withoutTwins();
    const taken = new Set<string>();
    const settle = (draft: Draft, name: string): void => {
      draft.name = name;
      taken.add(name);
      for (const reference of draft.references) reference.$ref = name;
    };
    const own = drafts.filter((draft) => !this.#shared.owns(draft));
    for (const draft of drafts) {
      if (!this.#shared.owns(draft)) continue;
      settle(draft, this.#shared.nameOf(draft));
      for (const constant of Object.values(this.#shared.constantsOf(draft))) taken.add(constant);
    }
    // Inline types are named after their owners, whose names come first.
    for (const isInline of [false, true]) {
      const some = own.filter((draft) => (draft.kind === "inline") === isInline);
      const claims = some.map((draft) => claimOf(draft, service));
      const isTaken = (name: string): boolean => taken.has(name) || isTakenType(name);
      const names = settleNames(claims, isTaken);
      for (const [index, draft] of some.entries()) settle(draft, names[index] ?? "");
    }
    for (const draft of drafts) reportRename(reporter, draft);
    return drafts.map((draft) => this.#named(draft));
  }

  /** Messages written twice, word for word, have one type, unless another message contends for its name. */
  #withoutTwins(): Draft[] {
    const contents = new Map<string, Set<string>>();
    const contentOf = (draft: Draft): string => JSON.stringify([draft.node.source.location, draft.node.toJSON]);
    for (const draft of this.#drafts.values()) {
      if (draft.kind !== "message") continue;
      const name = draft.wanted[0]?.name ?? "";
      contents.set(name, (contents.get(name) ?? new Set()).add(contentOf(draft)));
    }
    const firsts = new Map<string, Draft>();
    const dropped = new Set<Draft>();
    const kept: Draft[] = [];
    for (const draft of this.#drafts.values()) {
      if (draft.owner && dropped.has(draft.owner)) {
        dropped.add(draft);
        continue;
      }
      const name = draft.wanted[0]?.name ?? "";
      if (draft.kind === "message" && contents.get(name)?.size === 1) {
        const first = firsts.get(name);
        if (first) {
          first.references.push(...draft.references);
          dropped.add(draft);
          continue;
        }
        firsts.set(name, draft);
      }
      kept.push(draft);
    }
    return kept;
  }

  #named(draft: Draft): NamedType {
    const description = draft.node.string("description");
    const deprecated = draft.node.boolean("deprecated");
    const { name, schema } = draft;
    const isShared = this.#shared.owns(draft);
    return {
      name,
      origin: draft.node.origin,
      schema,
      deprecated,
      ...(description === undefined ? {} : { description }),
      ...(isShared ? { module: this.#shared.moduleOf(draft.node.source), ...this.#shared.constantsOf(draft) } : {}),
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
