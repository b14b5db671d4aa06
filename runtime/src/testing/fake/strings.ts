import { Buffer } from "node:buffer";
import { patternMatcher } from "../../contract/pattern.js";
import type { NodeObject } from "./node.js";
import { textMatching } from "./pattern.js";
import type { Random } from "./random.js";

const syllables = ["ba", "co", "di", "fe", "ga", "ko", "li", "mo", "na", "pu", "ra", "se", "ti", "vo", "zu"] as const;

function word(random: Random): string {
  return Array.from({ length: random.between(2, 4) }, () => random.pick(syllables)).join("");
}

const padded = (value: number, width = 2): string => String(value).padStart(width, "0");
const hexadecimal = (random: Random, length: number): string =>
  Array.from({ length }, () => random.between(0, 15).toString(16)).join("");
const date = (random: Random): string =>
  `${random.between(2000, 2040)}-${padded(random.between(1, 12))}-${padded(random.between(1, 28))}`;
const time = (random: Random): string =>
  `${[23, 59, 59].map((most) => padded(random.between(0, most))).join(":")}.${padded(random.between(0, 999), 3)}Z`;
const host = (random: Random): string => `${word(random)}.example.com`;
const uri = (random: Random): string => `https://${host(random)}/${word(random)}`;

const formats: { readonly [format: string]: (random: Random) => string } = {
  "date-time": (random) => `${date(random)}T${time(random)}`,
  date,
  time,
  duration: (random) => `P${random.between(1, 30)}DT${random.between(1, 23)}H`,
  uuid: (random) =>
    [8, 4, 3, 3, 12].map((length, at) => ["", "", "4", "a", ""][at] + hexadecimal(random, length)).join("-"),
  email: (random) => `${word(random)}@${host(random)}`,
  "idn-email": (random) => `${word(random)}@${host(random)}`,
  hostname: host,
  "idn-hostname": host,
  ipv4: (random) => Array.from({ length: 4 }, () => random.between(1, 254)).join("."),
  ipv6: (random) => Array.from({ length: 8 }, () => hexadecimal(random, 4)).join(":"),
  uri,
  url: uri,
  iri: uri,
  "uri-reference": (random) => `/${word(random)}`,
  "iri-reference": (random) => `/${word(random)}`,
  "uri-template": (random) => `${uri(random)}/{id}`,
  "json-pointer": (random) => `/${word(random)}/${random.between(0, 9)}`,
  "json-pointer-uri-fragment": (random) => `#/${word(random)}`,
  "relative-json-pointer": (random) => `${random.between(0, 3)}/${word(random)}`,
  regex: (random) => `^${word(random)}$`,
  byte: (random) => Buffer.from(word(random)).toString("base64"),
};

/** A text for a schema of strings: of its format, of its pattern, else words; of the length that is wanted. */
export function fakeString(node: NodeObject, random: Random): string {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, format } = node;
  const { pattern } = node;
  if (format !== undefined && Object.hasOwn(formats, format)) {
    const text = formats[format]?.(random) ?? "";
    if (pattern === undefined || patternMatcher(pattern)(text)) return text;
  }
  if (pattern !== undefined) return matching(pattern, minLength, maxLength, random);
  let text = word(random);
  while ([...text].length < minLength) text += ` ${word(random)}`;
  return [...text].slice(0, Math.max(minLength, Math.min([...text].length, maxLength))).join("");
}

/** Tries repetitions of several lengths until the text is long enough and not too long. */
function matching(pattern: string, minLength: number, maxLength: number, random: Random): string {
  let text = "";
  for (const reach of [3, 6, 0, 12, 24, 48, 1, minLength, minLength * 2]) {
    text = textMatching(pattern, random, reach);
    const missing = minLength - [...text].length;
    // Where nothing is said about the end, anything may follow.
    if (missing > 0 && !pattern.includes("$")) text += "x".repeat(missing);
    if ([...text].length >= minLength && [...text].length <= maxLength && patternMatcher(pattern)(text)) return text;
  }
  return text;
}
