/** Documents with something wrong in them, always the same for a seed. */

/** Numbers from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** A small generator of numbers (mulberry32): the same seed gives the same ones. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Holder = Record<string, unknown>;
interface Place {
  readonly holder: Holder;
  readonly key: string;
  readonly pointer: string;
}

const odd: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1e308, 9007199254740992, 0.1, "", " ", "x", "__proto__", "constructor", "$ref", "{}"],
  ...["#", "#/", "#/channels", "./missing.yaml", "http://localhost:1/x.yaml", "(", "^(a+)+$", "\\p{L}", "\u0000", "٣"],
  ...["$message.header#/x", "$message.payload#", "object", "array", "integer", "5s", "application/vnd.apache.avro"],
  ...["application/vnd.google.protobuf;version=3", "application/raml+yaml;version=1.0", [], {}, [[]], [null], [{}]],
  ...[{ $ref: "#" }, { $ref: "#/components" }, { $ref: 1 }, { $ref: "" }, { type: "record", name: "R", fields: [] }],
  ...[{ type: "string" }, { allOf: [{ $ref: "#/components/schemas/X" }] }, { oneOf: [] }, { enum: [] }, { const: {} }],
];

const keywords = [
  ...["type", "$ref", "allOf", "oneOf", "anyOf", "not", "if", "items", "prefixItems", "properties", "required", "enum"],
  ...["const", "pattern", "format", "minLength", "multipleOf", "additionalProperties", "patternProperties", "nullable"],
  ...["payload", "headers", "message", "messages", "traits", "schemaFormat", "schema", "reply", "channel", "address"],
  ...["parameters", "servers", "bindings", "examples", "x-timeout", "x-name", "x-failure", "x-compensated-by", "name"],
  ...[
    "correlationId",
    "contentType",
    "tags",
    "security",
    "externalDocs",
    "variables",
    "location",
    "__proto__",
    "action",
  ],
];

/** Changes a document in one to three places. */
export function mutate(document: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(document);
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const places = [...placesIn(copy)];
    const place = places[random(places.length)];
    const other = places[random(places.length)];
    if (place && other) change(place, other, random);
  }
  return copy;
}

function change(place: Place, other: Place, random: Random): void {
  const { holder, key } = place;
  const pick = <Value>(list: readonly Value[]): Value => list[random(list.length)] as Value;
  const kind = random(8);
  if (kind === 0) delete holder[key];
  else if (kind === 1) holder[key] = structuredClone(pick(odd));
  else if (kind === 2) holder[key] = { $ref: `#${other.pointer}` };
  else if (kind === 3) holder[key] = structuredClone(other.holder[other.key]);
  else if (kind === 4) set(holder, pick(keywords), structuredClone(pick(odd)));
  else if (kind === 5) set(holder, pick(keywords), structuredClone(other.holder[other.key]));
  else if (kind === 6) {
    const value = holder[key];
    delete holder[key];
    set(holder, pick([key.toUpperCase(), `${key} `, `${key}/~`, pick(keywords), "1"]), value);
  } else holder[key] = [holder[key], structuredClone(other.holder[other.key])];
}

const set = (holder: Holder, key: string, value: unknown): void => {
  if (!Array.isArray(holder))
    Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
};

function* placesIn(value: unknown, pointer = "", depth = 0): Generator<Place> {
  if (typeof value !== "object" || value === null || depth > 60) return;
  for (const key of Object.keys(value)) {
    const inner = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    yield { holder: value as Holder, key, pointer: inner };
    yield* placesIn((value as Holder)[key], inner, depth + 1);
  }
}

/** Changes the text itself: a character, a line, an indentation. */
export function mutateText(text: string, random: Random): string {
  const lines = text.split("\n");
  const at = random(lines.length);
  const line = lines[at] ?? "";
  const column = random(line.length + 1);
  const marks = ["\t", '"', "'", ":", "- ", "{", "]", "&a ", "*a", "!!x ", "#", "|", "\u0000", "\ufeff", "%", "<<: "];
  const kind = random(4);
  if (kind === 0) lines.splice(at, 1);
  else if (kind === 1) lines[at] = ` ${line}`;
  else if (kind === 2) lines[at] = line.slice(0, column) + line.slice(column + 1);
  else lines[at] = line.slice(0, column) + marks[random(marks.length)] + line.slice(column);
  return lines.join("\n");
}
