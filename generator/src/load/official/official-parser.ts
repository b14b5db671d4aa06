import type { Parser, Diagnostic as ParserDiagnostic, SchemaParser } from "@asyncapi/parser";
import type { Diagnostic } from "../../contract/diagnostic.js";
import type { Source } from "../files/source.js";
import { isRemote } from "../files/source-files.js";
import { child } from "../yaml/pointer.js";
import { convertAvro } from "./avro.js";

/**
 * The one door to the official parser and its schema parsers. Each is imported when first needed: the parser alone
 * takes most of a second.
 */

/** What a schema parser made of a schema, or why it could not. */
export type Conversion = { readonly schema: unknown } | { readonly problem: string };

const AVRO = /^application\/vnd\.apache\.avro/;

const LANGUAGES: readonly [pattern: RegExp, load: () => Promise<SchemaParser>][] = [
  [AVRO, async () => (await import("@asyncapi/avro-schema-parser")).AvroSchemaParser()],
  [/protobuf/, async () => (await import("@asyncapi/protobuf-schema-parser")).ProtoBuffSchemaParser()],
  [/^application\/raml\+yaml/, async () => (await import("@asyncapi/raml-dt-schema-parser")).RamlDTSchemaParser()],
];

/** Checked by the rules, and otherwise read by our own normalising. */
const OPENAPI: (typeof LANGUAGES)[number] = [
  /^application\/vnd\.oai\.openapi/,
  async () => (await import("@asyncapi/openapi-schema-parser")).OpenAPISchemaParser(),
];

/** Formats that are JSON Schema, or near enough for our own normalising: OpenAPI's is. */
const JSON_FORMATS = /^application\/(schema|vnd\.aai\.asyncapi|vnd\.oai\.openapi)(\+json|\+yaml)?(;|$)/;

/** Whether a schema of this format is read as it is. */
export function isJsonFormat(format: string): boolean {
  return JSON_FORMATS.test(format);
}

/** What the schema parsers ask for and do not read. */
const NO_DOCUMENT = { asyncapi: "2.6.0", info: { title: "", version: "" }, channels: {} } as const;

/** Turns an Avro, Protobuf or RAML schema into JSON Schema. Never throws. */
export async function convertSchema(format: string, data: unknown, asyncapi: string): Promise<Conversion> {
  // The official reader of Avro takes references to named types for anything.
  const avro = AVRO.test(format) ? convertAvro(data) : undefined;
  if (avro !== undefined) return { schema: avro };
  const load = LANGUAGES.find(([pattern]) => pattern.test(format))?.[1];
  if (!load) return { problem: `there is no reader for the format '${format}'` };
  try {
    const parser = await load();
    const schema = await parser.parse({
      asyncapi: { semver: { version: asyncapi, major: 2, minor: 6, patch: 0 }, source: "", parsed: NO_DOCUMENT },
      data,
      meta: {},
      path: [],
      schemaFormat: format,
      defaultSchemaFormat: `application/vnd.aai.asyncapi;version=${asyncapi}`,
    });
    return { schema };
  } catch (error) {
    return { problem: (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "" };
  }
}

/** One says that 3.0 is outdated; the other we check ourselves, with better positions. */
const MUTED = new Set(["asyncapi-latest-version", "invalid-ref"]);

/** Runs the official rules over a document. Errors and warnings only; never throws. */
export async function checkRules(
  source: Source,
  options: {
    /** The document and what it refers to. The rules fetch nothing themselves: they would wait for ever. */
    readonly files: readonly Source[];
    readonly formats: readonly string[];
    /** Whether examples and defaults are checked by their schemas. */
    readonly examples: boolean;
  },
): Promise<Diagnostic[]> {
  forgetChanged(options.files);
  for (const { file, text } of options.files) if (isRemote(file)) fetched.set(file, text);
  const parser = await rules(options);
  const found = await parser.validate(source.text, { source: source.location });
  const diagnostics: Diagnostic[] = [];
  for (const one of found) {
    if (!MUTED.has(String(one.code)) && one.severity <= 1) diagnostics.push(toDiagnostic(one, source));
  }
  return diagnostics;
}

/** What matches examples and defaults against schemas. */
const EXAMPLE_RULES = [
  "asyncapi2-message-examples",
  "asyncapi2-message-examples-custom-format",
  "asyncapi2-schema-default",
  "asyncapi2-schema-examples",
] as const;

const parsers = new Map<boolean, Promise<Parser>>();

/** One parser for a process and a way to use it, with the schema parsers that documents have needed so far. */
async function rules({ formats, examples }: Parameters<typeof checkRules>[1]): Promise<Parser> {
  const known = parsers.get(examples) ?? createRules(examples);
  parsers.set(examples, known);
  const parser = await known;
  for (const format of formats) {
    if (parser.parserRegistry.has(format)) continue;
    const load = [...LANGUAGES, OPENAPI].find(([pattern]) => pattern.test(format))?.[1];
    if (load) parser.registerSchemaParser(await load());
  }
  return parser;
}

/** Files that the parsers may have read, with the hash of what they held then. */
const seen = new Map<string, string>();

// A parser reads each file once, which is too seldom for whoever watches.
function forgetChanged(files: readonly Source[]): void {
  if (files.length === 1) return;
  if (files.some(({ location, hash }) => (seen.get(location) ?? hash) !== hash)) {
    parsers.clear();
    seen.clear();
  }
  for (const { location, hash } of files) seen.set(location, hash);
}

/** Remote files that documents refer to, by their addresses. */
const fetched = new Map<string, string>();

async function createRules(examples: boolean): Promise<Parser> {
  const { Parser } = await import("@asyncapi/parser");
  const read = (uri: { toString(): string }): string => fetched.get(uri.toString()) ?? "{}";
  const resolvers = ["http", "https"].map((schema) => ({ schema, canRead: true, order: 1, read }));
  // The recommended rules ask for contacts and tags: not ours to demand.
  const rules = Object.fromEntries(examples ? [] : EXAMPLE_RULES.map((name) => [name, "off" as const]));
  const ruleset = { core: true, recommended: false, rules };
  return new Parser({ ruleset, __unstable: { resolver: { resolvers } } });
}

function toDiagnostic(found: ParserDiagnostic, source: Source): Diagnostic {
  const pointer = found.path.reduce<string>((done, key) => child(done, key), "");
  const isCrash = found.code === "uncaught-error";
  return {
    severity: found.severity === 0 && !isCrash ? "error" : "warning",
    code: isCrash ? "rules-failed" : String(found.code),
    message: isCrash ? "the official rules could not be run to their end" : (found.message.split("\n", 1)[0] ?? ""),
    hint: "See the AsyncAPI specification for what is allowed at this place.",
    file: source.file,
    line: found.range.start.line + 1,
    column: found.range.start.character + 1,
    pointer: `#${pointer}`,
  };
}
