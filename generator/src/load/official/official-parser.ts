import type { Parser, Diagnostic as ParserDiagnostic, SchemaParser } from "@asyncapi/parser";
import type { Diagnostic } from "../../contract/diagnostic.js";
import type { Source } from "../files/source.js";
import { isRemote } from "../files/source-files.js";
import { child } from "../yaml/pointer.js";
import type { Position } from "../yaml/yaml-document.js";
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
  const meant = found.filter((one) => !MUTED.has(String(one.code)) && one.severity <= 1);
  return eachOnce(meant).map((one) => toDiagnostic(one, sourceOf(one, source, options.files)));
}

/** What a schema of alternatives says of the whole when a part of it is wrong. */
const CONSEQUENCES = [
  /must match "(?:then|else)" schema$/,
  /must match (?:exactly one|a) schema in (?:oneOf|anyOf)$/,
  /must have required property "(?:oneOf|\$ref)"$/,
  /^Property "[^"]*" is not expected to be here$/,
  /(?:^|property type )must be \w+$/,
];

/** Without what only follows from a fault further inside, and one finding for each place. */
function eachOnce(found: readonly ParserDiagnostic[]): readonly ParserDiagnostic[] {
  const places = found.map((one) => `${one.source ?? ""}#${one.path.reduce<string>(child, "")}/`);
  const kept = found.filter(
    (one, index) =>
      !CONSEQUENCES.some((consequence) => consequence.test(one.message)) ||
      !places.some((place) => place !== places[index] && place.startsWith(places[index] ?? "")),
  );
  const seen = new Map<string, ParserDiagnostic>();
  return kept.filter((one) => {
    const place = places[found.indexOf(one)] ?? "";
    const before = seen.get(place);
    // One check of the same place says several things; two checks say the same in other words.
    if (before && /-schemas$/.test(String(one.code))) return false;
    seen.set(place, one);
    return true;
  });
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

/** The file that a finding is about: the document, or one that it refers to. */
function sourceOf(found: ParserDiagnostic, root: Source, files: readonly Source[]): Source {
  return files.find((one) => one.location === found.source) ?? root;
}

/** What to do about the most frequent findings. The first that matches counts. */
const HINTS: readonly [finding: RegExp, hint: string][] = [
  [/^Property "x[A-Z_]/, "Extensions start with `x-`."],
  [
    /^Property ".*" is not expected to be here/,
    "Correct the spelling, move it to where it belongs, or write it as an extension, with `x-` in front.",
  ],
  [/must have required property "(.*)"/, "Add it: AsyncAPI requires it at this place."],
  [/must be equal to one of the allowed values/, "Write one of the values that are listed."],
  [/must match pattern "\^x-/, "Extensions start with `x-`; other names are those of the specification."],
  [/must match pattern/, "Correct the spelling: the characters that are allowed are in the message."],
  [
    /must match format "(uri|uri-reference|email|regex)"/,
    "Write a complete address, such as https://example.com or team@example.com.",
  ],
  [
    /property type must be string|must be string/,
    "Put the value into quotes, or leave the key out where there is nothing to say.",
  ],
  [
    /property type must be|must be (object|array|boolean|number|integer)/,
    "Write a value of that type, or leave the key out.",
  ],
  [/must be >=|must NOT have fewer/, "Write a larger value, or leave the key out."],
  [/must NOT have duplicate items|must be unique/i, "Keep one of the two."],
  [/operationId/, "Give each operation an `operationId` of its own."],
  [/messageId/, "Give each message a `messageId` of its own."],
  [/parameter/i, "Declare under `parameters` what stands in braces in the address, and nothing else."],
  [/server.*(variable|url)/i, "Declare under `variables` what stands in braces in the URL, and nothing else."],
  [/security/i, "Name a scheme of `components.securitySchemes`; scopes belong to oauth2 and openIdConnect only."],
  [/tags?\b/i, "Give each tag a name of its own."],
  [/"(payload|headers|default)"|example/i, "Change the example or default so that the schema beside it accepts it."],
  [
    /must match "(then|else)" schema|schema in (oneOf|anyOf)/,
    "Compare the keys with those of the object that is meant: several kinds are allowed here.",
  ],
  [/channel/i, "Refer to one of `channels` of this document; messages of an operation refer to those of its channel."],
];

function hintFor({ message, code }: ParserDiagnostic): string {
  const text = `${message} ${code}`;
  return (
    HINTS.find(([finding]) => finding.test(text))?.[1] ??
    "See the AsyncAPI specification for what is allowed at this place."
  );
}

/** As the parser says; where it has lost the place, as the document has it. */
function positionOf({ range, path }: ParserDiagnostic, source: Source, pointer: string): Position {
  const { line, character } = range.start;
  const isLost = line < 0 || character < 0 || (path.length > 0 && line === 0 && character === 0);
  return isLost ? source.position(pointer) : { line: line + 1, column: character + 1 };
}

function toDiagnostic(found: ParserDiagnostic, source: Source): Diagnostic {
  const pointer = found.path.reduce<string>((done, key) => child(done, key), "");
  const isCrash = found.code === "uncaught-error";
  return {
    severity: found.severity === 0 && !isCrash ? "error" : "warning",
    code: isCrash ? "rules-failed" : String(found.code),
    message: isCrash ? "the official rules could not be run to their end" : (found.message.split("\n", 1)[0] ?? ""),
    hint: hintFor(found),
    file: source.file,
    ...positionOf(found, source, pointer),
    pointer: `#${pointer}`,
  };
}
