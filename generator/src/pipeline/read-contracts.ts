import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import type { RunControl } from "../config/settings.js";
import type { Contract } from "../contract/contract.js";
import { type Diagnostic, Reporter } from "../contract/diagnostic.js";
import { documentError } from "../load/check-document.js";
import type { Source } from "../load/files/source.js";
import { isSource, locationOf, SourceFiles } from "../load/files/source-files.js";
import { convertFormats } from "../load/official/formats.js";
import { checkRules } from "../load/official/official-parser.js";
import { isExpandable } from "../load/refs/dereferenced-size.js";
import { Resolver } from "../load/refs/resolve.js";
import { JsonNode } from "../load/yaml/json-node.js";
import { unsafePatterns } from "../rules/patterns/unsafe-patterns.js";
import { buildContract } from "../transform/build-contract.js";
import { schemaReader } from "../transform/context.js";
import { folderName } from "../transform/names.js";
import { SharedTypes } from "../transform/shared-types.js";
import { TypeTable } from "../transform/type-table.js";

/** A document to read. */
export interface DocumentInput {
  /** Relative to `cwd`, or absolute. */
  readonly path: string;
  /** @default the file's name; for `asyncapi`, `api`, `spec` or `index` its folder's, unless that says no more (`docs`); else the title */
  readonly service?: string;
  /** 2.x only: whose view `publish` and `subscribe` take. @default "application" */
  readonly perspective?: "application" | "client";
}

export interface ReadOptions {
  /** What paths in diagnostics and origins are relative to. */
  readonly cwd: string;
  /** Fetch references to other hosts. @default false */
  readonly allowRemote?: boolean;
  /** Rule violations that do not hinder reading are warnings. @default false */
  readonly lenient?: boolean;
  /** What the rules found before in a document with this hash, which covers all its files. @default they are run */
  readonly rulesFound?: (hash: string) => readonly Diagnostic[] | undefined;
  /** Further documents of the run, which are not read now: what they hold is theirs and not shared. */
  readonly others?: readonly string[];
  /** Hears of each document before it is read; ends the run where its signal says so. */
  readonly control?: RunControl;
}

/** What became of one document. */
export interface ReadDocument {
  /** Absent where an error hinders reading. */
  readonly contract?: Contract;
  /** The document itself first, then the files it refers to. */
  readonly inputs: readonly { readonly file: string; readonly hash: string }[];
  /** One hash over all the files, for `rulesFound`; empty where the document cannot be read. */
  readonly hash: string;
  /** What the rules found, now or before, `lenient` or not. Absent where they could not be run. */
  readonly rulesFound?: readonly Diagnostic[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReadResult {
  /** Of the documents without an error. */
  readonly contracts: readonly Contract[];
  readonly diagnostics: readonly Diagnostic[];
  /** One for each input, in the same order. */
  readonly documents: readonly ReadDocument[];
}

/** Reads documents into contracts. Invalid ones throw nothing: they give diagnostics and no contract. */
export async function readContracts(inputs: readonly DocumentInput[], options: ReadOptions): Promise<ReadResult> {
  const library = new SourceFiles(options);
  const shared = new SharedTypes(
    [...inputs.map((input) => input.path), ...(options.others ?? [])].map((path) => locationOf(options.cwd, path)),
  );
  const read: (() => ReadDocument)[] = [];
  for (const [index, input] of inputs.entries()) {
    if (options.control) await announce(options.control, input.path, index + 1, inputs.length);
    read.push(await readOne(input, options, library, shared));
  }
  const documents = read.map((finish) => finish());
  return {
    contracts: documents.flatMap((one) => one.contract ?? []),
    diagnostics: documents.flatMap((one) => one.diagnostics),
    documents,
  };
}

/** @throws the reason of the signal when the run is to end */
async function announce(control: RunControl, document: string, number: number, total: number): Promise<void> {
  control.progress?.(document, number, total);
  // A signal of the operating system is heard, and a line drawn, when the event loop comes round.
  await new Promise((resolve) => setImmediate(resolve));
  control.signal.throwIfAborted();
}

async function readOne(
  input: DocumentInput,
  options: ReadOptions,
  library: SourceFiles,
  shared: SharedTypes,
): Promise<() => ReadDocument> {
  const reporter = new Reporter();
  const loaded = await library.load(input.path);
  const files = loaded.filter(isSource);
  const [root] = loaded;
  const unusable = documentError(root, input.path);
  if (!root || !isSource(root) || unusable) {
    for (const one of unusable ?? []) reporter.add(one);
    return () => finish({ files, hash: "", reporter });
  }

  const hash = createHash("sha256")
    .update(files.map((one) => `${one.file}\0${one.hash}`).join("\n"))
    .digest("hex");
  const node = new JsonNode(root, "", root.value);
  const unsafe = unsafePatterns(files);
  for (const one of unsafe) {
    const hint = "Write it without quantifiers inside quantifiers; examples are checked without it, if at all.";
    reporter.warning(one, "unsafe-pattern", "matching a text by this pattern may take for ever", hint);
  }
  const withExamples = unsafe.length === 0;
  const rulesFound = options.rulesFound?.(hash) ?? (await runRules(node, files, library, reporter, withExamples));
  for (const one of rulesFound ?? []) reporter.add(options.lenient ? { ...one, severity: "warning" } : one);
  const resolver = new Resolver(library, reporter, options);
  const service = serviceName(input, node);
  const formats = await convertFormats(files, resolver, reporter, node.string("asyncapi") ?? "");
  const build = buildContract({
    service,
    root: node,
    major: node.string("asyncapi")?.startsWith("3") ? 3 : 2,
    perspective: input.perspective ?? "application",
    reporter,
    resolver,
    types: new TypeTable(shared),
    schemaOf: schemaReader(resolver, formats),
  });
  return () => {
    const contract = build();
    if (contract.operations.length === 0) {
      const hint = "Types and schemas are made; add operations to send and receive its messages.";
      reporter.warning(node.at("operations") ?? node, "no-operations", "the document has no operations", hint);
    }
    return finish({ files, hash, reporter, contract, ...(rulesFound ? { rulesFound } : {}) });
  };
}

function finish(read: {
  files: readonly Source[];
  hash: string;
  reporter: Reporter;
  rulesFound?: readonly Diagnostic[];
  contract?: Contract;
}): ReadDocument {
  const { files, hash, rulesFound, contract } = read;
  const found = read.reporter.diagnostics;
  // The rules say the same of a schema that cannot be read.
  const unreadable = new Set(found.flatMap((one) => (one.code === "invalid-schema" ? [placeOf(one)] : [])));
  const diagnostics = found.filter((one) => one.code === "invalid-schema" || !unreadable.has(placeOf(one)));
  const inputs = files.map((one) => ({ file: one.file, hash: one.hash }));
  const isUsable = contract && diagnostics.every((one) => one.severity !== "error");
  return { inputs, hash, diagnostics, ...(rulesFound ? { rulesFound } : {}), ...(isUsable ? { contract } : {}) };
}

const placeOf = ({ file, pointer }: Diagnostic): string => `${file}${pointer}`;

/** Undefined, with a warning, where the rules would take for ever. */
async function runRules(
  root: JsonNode,
  files: readonly Source[],
  library: SourceFiles,
  reporter: Reporter,
  examples: boolean,
): Promise<readonly Diagnostic[] | undefined> {
  if (!isExpandable(root.source, library)) {
    const hint = "Everything else was checked; split the document to have them checked too.";
    reporter.warning(root, "rules-skipped", "the document is too large for the official rules", hint);
    return undefined;
  }
  const formats = files.flatMap((one) => one.survey.formats.map(({ value }) => String(value.schemaFormat)));
  return checkRules(root.source, { files, formats, examples });
}

/** Rule: the config's name, else the file's, else its folder's, else the title's. */
function serviceName(input: DocumentInput, root: JsonNode): string {
  const given = input.service;
  if (given !== undefined) return /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u.test(given) ? given : folderName(given) || "service";
  const path = root.source.location;
  const stem = basename(path)
    .replace(/\.(ya?ml|json)$/i, "")
    .replace(/\.asyncapi$/i, "");
  const folder = basename(dirname(path));
  const candidates = [isGeneric(stem) ? "" : stem, isGeneric(stem) && !isGenericFolder(folder) ? folder : ""];
  return (
    [...candidates, root.at("info")?.string("title") ?? ""].map(folderName).find((name) => name !== "") ?? "service"
  );
}

/** Folders that documents are kept in, whatever they are about. */
function isGenericFolder(name: string): boolean {
  return /^(asyncapi|apis?|specs?|specifications?|docs?|contracts?|src|resources)$/i.test(name);
}

function isGeneric(stem: string): boolean {
  return /^(asyncapi|api|spec|index)$/i.test(stem);
}
