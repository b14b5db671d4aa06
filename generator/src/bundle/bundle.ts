import { basename, extname } from "node:path";
import { type Document, isMap, isSeq, type Node as Tree } from "yaml";
import { type Diagnostic, Reporter } from "../contract/diagnostic.js";
import { documentError } from "../load/check-document.js";
import type { Source } from "../load/files/source.js";
import { isSource, SourceFiles } from "../load/files/source-files.js";
import { Resolver } from "../load/refs/resolve.js";
import { JsonNode } from "../load/yaml/json-node.js";
import { child, lastKey } from "../load/yaml/pointer.js";
import { groupOf, kindOf } from "./object-kinds.js";
import { copyAt, entriesOf, parseTree, referenceIn } from "./tree.js";

/** How to bundle. */
export interface BundleOptions {
  /** What the paths of the document and of diagnostics are relative to. */
  readonly cwd: string;
  /** Fetch references to other hosts; else they stay as they are. @default false */
  readonly allowRemote?: boolean;
}

/** One document that needs no other file. */
export interface Bundle {
  /** Absent where an error stands in the way. */
  readonly document?: Document;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Makes one document of a document and the files it refers to. What stands in another file moves into `components`,
 * under its own name, servers and channels into the collections of the root; a root channel, operation, server or component that is itself a reference takes the content in
 * its place. References within the document, comments and the order of keys stay.
 */
export async function bundle(path: string, options: BundleOptions): Promise<Bundle> {
  const library = new SourceFiles(options);
  const [root] = await library.load(path);
  const reporter = new Reporter();
  const unusable = documentError(root, path);
  if (!root || !isSource(root) || unusable) return { diagnostics: unusable ?? [] };
  const document = new Bundler(root, library, reporter, options.allowRemote ?? false).run();
  const diagnostics = reporter.diagnostics;
  return diagnostics.some(({ severity }) => severity === "error") ? { diagnostics } : { document, diagnostics };
}

/** Where a tree came from: references in it are relative to that. */
interface Place {
  readonly source: Source;
  readonly pointer: string;
  readonly kind: string;
  /** In a schema of another language, whose parts cannot be components. */
  readonly foreign: boolean;
  /** Contents being put in place, innermost last. */
  readonly open: readonly string[];
}

const collections = ["servers", "channels", "operations"];

/** Channels refer to servers of the root, operations and replies to channels of the root: AsyncAPI allows no others. */
const atRoot: ReadonlySet<string> = new Set(["servers", "channels"]);

class Bundler {
  readonly #root: Source;
  readonly #library: SourceFiles;
  readonly #resolver: Resolver;
  readonly #reporter: Reporter;
  readonly #allowRemote: boolean;
  readonly #document: Document;
  readonly #trees = new Map<string, Document>();
  readonly #moved = new Relocations();
  readonly #asyncapi: string;

  constructor(root: Source, library: SourceFiles, reporter: Reporter, allowRemote: boolean) {
    this.#root = root;
    this.#library = library;
    this.#reporter = reporter;
    this.#resolver = new Resolver(library, reporter);
    this.#allowRemote = allowRemote;
    this.#document = parseTree(root);
    this.#asyncapi = String(this.#document.get("asyncapi") ?? "3.0.0");
  }

  run(): Document {
    const place = { source: this.#root, pointer: "", kind: "document", foreign: false, open: [] };
    this.#claim([], collections);
    const components = this.#document.get("components");
    if (isMap(components))
      this.#claim(
        ["components"],
        [...entriesOf(components)].map(([group]) => group),
      );
    this.#walk(this.#document.contents, place, () => {});
    return this.#document;
  }

  /** Root entries that are references keep their name: their content comes to them. */
  #claim(path: readonly string[], groups: readonly string[]): void {
    for (const group of groups) {
      const entries = this.#document.getIn([...path, group]);
      if (!isMap(entries)) continue;
      for (const [name, value] of entriesOf(entries)) {
        const reference = referenceIn(value);
        const pointer = [...path, group, name].reduce(child, "");
        const target = reference === undefined ? undefined : this.#target(reference, this.#root, pointer);
        if (target && !this.#moved.has(target) && target.source !== this.#root) this.#moved.set(target, pointer);
      }
    }
  }

  #walk(tree: unknown, place: Place, replace: (by: Tree) => void): void {
    if (place.kind === "data") return;
    const reference = referenceIn(tree);
    if (reference !== undefined && isMap(tree)) {
      const pulled = this.#resolve(reference, place);
      if (typeof pulled === "string") tree.set("$ref", pulled);
      else if (pulled) {
        replace(pulled.tree);
        this.#walk(pulled.tree, { ...pulled.place, foreign: place.foreign }, replace);
      }
      return;
    }
    if (isMap(tree)) {
      const foreign = place.foreign || isForeign(tree.get("schemaFormat"));
      for (const [key, value] of [...entriesOf(tree)]) {
        const inner = { ...place, foreign, pointer: child(place.pointer, key), kind: kindOf(place.kind, key) };
        this.#walk(value, inner, (by) => tree.set(key, by));
      }
    } else if (isSeq(tree)) {
      for (const [index, value] of tree.items.entries()) {
        const inner = { ...place, pointer: child(place.pointer, index), kind: kindOf(place.kind, "*") };
        this.#walk(value, inner, (by) => tree.set(index, by));
      }
    }
  }

  /** The new text of a reference, or the content that takes its place. Nothing where it stays as it is. */
  #resolve(reference: string, place: Place): string | { tree: Tree; place: Place } | undefined {
    const target = this.#target(reference, place.source, place.pointer);
    if (!target || (target.source === this.#root && place.source === this.#root)) return undefined;
    if (target.source === this.#root) return `#${target.pointer}`;
    const moved = this.#moved.placeOf(target);
    const comesHere = place.source === this.#root && moved === place.pointer;
    if (moved !== undefined && !comesHere) return `#${moved}`;

    const group = comesHere || place.foreign ? undefined : groupOf(place.kind, this.#asyncapi);
    const tree = copyAt(this.#tree(target.source), target.pointer);
    if (!tree) return undefined;
    const origin = { ...place, source: target.source, pointer: target.pointer };
    if (group === undefined) {
      if (place.open.includes(target.id)) {
        this.#reporter.error(target, "circular-reference", `'${reference}' contains itself`, "Make it a component.");
        return undefined;
      }
      return { tree, place: { ...origin, open: [...place.open, target.id] } };
    }
    const folder = atRoot.has(group) ? [group] : ["components", group];
    const name = freeName(target, (one) => !this.#document.hasIn([...folder, one]));
    const pointer = [...folder, name].reduce(child, "");
    this.#moved.set(target, pointer);
    this.#document.setIn([...folder, name], tree);
    this.#walk(tree, { ...origin, open: [] }, (by) => this.#document.setIn([...folder, name], by));
    return `#${pointer}`;
  }

  #target(reference: string, source: Source, pointer: string): JsonNode | undefined {
    const location = this.#library.target(source, reference);
    const node = new JsonNode(source, pointer, { $ref: reference });
    if (!this.#allowRemote && typeof location === "string" && /^https?:/i.test(location)) {
      const hint = "Allow remote references to bring it in.";
      this.#reporter.warning(node, "remote-reference", `'${reference}' stays where it is`, hint);
      return undefined;
    }
    return this.#resolver.hop(node);
  }

  #tree(source: Source): Document {
    const known = this.#trees.get(source.location) ?? parseTree(source);
    this.#trees.set(source.location, known);
    return known;
  }
}

/** Whether a schema format is none whose parts are JSON Schemas. */
function isForeign(format: unknown): boolean {
  return typeof format === "string" && !/asyncapi|schema\+(json|yaml)|openapi/i.test(format);
}

/** What has moved into the bundle, and where it stands there. */
class Relocations {
  /** Pointer in the bundle, by file and pointer of what has moved there. */
  readonly #pointers = new Map<string, string>();

  has({ id }: JsonNode): boolean {
    return this.#pointers.has(id);
  }

  set({ id }: JsonNode, pointer: string): void {
    this.#pointers.set(id, pointer);
  }

  /** The place of something that has moved, alone or as a part of something larger. */
  placeOf({ source, pointer }: JsonNode): string | undefined {
    for (let end = pointer.length; end > 0; end = pointer.lastIndexOf("/", end - 1)) {
      const whole = this.#pointers.get(`${source.location}#${pointer.slice(0, end)}`);
      if (whole !== undefined) return whole + pointer.slice(end);
    }
    const file = this.#pointers.get(`${source.location}#`);
    return file === undefined ? undefined : file + pointer;
  }
}

/** A name for a component: the one that it has in its file, with the file's behind it where that is taken. */
function freeName({ source, pointer }: JsonNode, isFree: (name: string) => boolean): string {
  const file = clean(basename(source.location, extname(source.location)));
  const own = pointer === "" ? file : clean(lastKey(pointer));
  if (isFree(own)) return own;
  const qualified = own === file ? own : `${own}-${file}`;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? qualified : `${qualified}-${number}`;
    if (isFree(name)) return name;
  }
}

function clean(text: string): string {
  return text.replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "") || "part";
}
