import type { Node, NodeObject } from "./node.js";

/**
 * A schema that asks for what both ask for, as far as the generator needs it: what it gets wrong is caught when the
 * value is checked, and another one is tried.
 */
export function merge(a: NodeObject, b: NodeObject): NodeObject {
  const merged: Record<string, unknown> = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    const mine = Reflect.get(a, keyword);
    merged[keyword] = mine === undefined ? value : (rules[keyword]?.(mine, value) ?? value);
  }
  return merged;
}

type Rule = (a: unknown, b: unknown) => unknown;

const larger: Rule = (a, b) => Math.max(Number(a), Number(b));
const smaller: Rule = (a, b) => Math.min(Number(a), Number(b));
const joined: Rule = (a, b) => [...list(a), ...list(b)];
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const members: Rule = (a, b) => {
  const [one, other] = [a as { [name: string]: Node }, b as { [name: string]: Node }];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, both(one[name], other[name])]));
};

const both = (a: Node | undefined, b: Node | undefined): Node =>
  a === undefined || b === undefined ? (a ?? b ?? true) : { allOf: [a, b] };

const rules: { readonly [keyword: string]: Rule | undefined } = {
  allOf: joined,
  required: joined,
  properties: members,
  patternProperties: members,
  dependencies: (a, b) => ({ ...(a as object), ...(b as object) }),
  items: (a, b) => (Array.isArray(a) || Array.isArray(b) ? a : both(a as Node, b as Node)),
  additionalProperties: (a, b) => both(a as Node, b as Node),
  enum: (a, b) => list(a).filter((one) => list(b).some((other) => JSON.stringify(one) === JSON.stringify(other))),
  type(a, b) {
    const integer = [...list(a), ...list(b)].includes("integer");
    const found = list(a).filter((type) => list(b).includes(type));
    return integer && found.length === 0 ? "integer" : found;
  },
  // The conjunction of two unions is one choice from each.
  anyOf: (a, b) => list(a).flatMap((one) => list(b).map((other) => both(one as Node, other as Node))),
  oneOf: (a, b) => list(a).flatMap((one) => list(b).map((other) => both(one as Node, other as Node))),
  minimum: larger,
  exclusiveMinimum: larger,
  minLength: larger,
  minItems: larger,
  minProperties: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  maxProperties: smaller,
};
