import { validatorFor } from "../../contract/schema.js";
import { fakeArray, fakeObject } from "./containers.js";
import { type Height, heightIn } from "./height.js";
import { merge } from "./merge.js";
import type { Node, NodeObject, Root } from "./node.js";
import { fakeNumber } from "./numbers.js";
import type { Random } from "./random.js";
import { fakeString } from "./strings.js";

/** Below this depth only what is required is made, as flat as can be. */
const comfortableDepth = 5;
const greatestDepth = 60;
const attempts = 25;
/** Local retries of one value; nested ones would multiply. */
const mostRetries = 2_000;

/** Makes values of the schemas of one root. */
export class Generator {
  readonly random: Random;
  readonly #root: Root;
  readonly #useExamples: boolean;
  readonly #height: Height;
  #depth = 0;
  #retries = 0;

  constructor(root: Root, random: Random, useExamples: boolean) {
    this.#root = root;
    this.random = random;
    this.#useExamples = useExamples;
    this.#height = heightIn(root);
  }

  /** Whether only the necessary should be made. */
  get isDeep(): boolean {
    return this.#depth > comfortableDepth;
  }

  /** A value; it is for the caller to check that it is valid. */
  value(node: Node): unknown {
    this.#depth += 1;
    try {
      const plain = this.#depth > greatestDepth ? {} : this.plain(node);
      // Where the parts may contradict each other, a local check finds out before a whole document is thrown away.
      return isDelicate(node) ? this.#checked(node, plain) : this.#plainValue(plain);
    } finally {
      this.#depth -= 1;
    }
  }

  /** A schema without references, conjunctions and unions: one choice is made wherever there is one. */
  plain(node: Node, depth = 0): NodeObject {
    if (typeof node === "boolean" || depth > greatestDepth) return {};
    if (node.$ref !== undefined) return this.plain(this.#root.resolve(node.$ref), depth + 1);
    const { allOf = [], anyOf, oneOf, if: condition, then: met, else: unmet, ...own } = node;
    const chosen: Node[] = [...allOf];
    if (anyOf) chosen.push(this.#choose(anyOf));
    if (oneOf) chosen.push(this.#choose(oneOf));
    if (condition !== undefined) {
      if (this.random.chance(0.5)) chosen.push(condition, met ?? true);
      else chosen.push(unmet ?? true);
    }
    return chosen.reduce<NodeObject>((so, part) => {
      const merged = merge(so, this.plain(part, depth + 1));
      return merged.allOf || merged.anyOf || merged.oneOf ? this.plain(merged, depth + 1) : merged;
    }, own);
  }

  #choose(choices: readonly Node[]): Node {
    const heights = choices.map(this.#height);
    const lowest = Math.min(...heights);
    const possible = choices.filter((_, at) =>
      this.isDeep ? heights[at] === lowest : Number.isFinite(heights[at] ?? 0),
    );
    return this.random.pick(possible.length > 0 ? possible : choices);
  }

  #checked(node: NodeObject, first: NodeObject): unknown {
    const { check } = validatorFor(this.#root.standalone(this.#whole(node)));
    let value = this.#plainValue(first);
    for (let attempt = 1; attempt < attempts && !check(value); attempt += 1) {
      this.#retries += 1;
      if (this.#retries > mostRetries) break;
      value = this.#plainValue(this.plain(node));
    }
    return value;
  }

  readonly #wholes = new WeakMap<NodeObject, NodeObject>();

  /** One object for each schema, so that it is compiled once. */
  #whole(node: NodeObject): NodeObject {
    const whole = this.#wholes.get(node) ?? { ...node };
    this.#wholes.set(node, whole);
    return whole;
  }

  #plainValue(node: NodeObject): unknown {
    if (this.#useExamples && node.examples && node.examples.length > 0) return this.random.pick(node.examples);
    if ("const" in node) return node.const;
    if (node.enum) return node.enum.length > 0 ? this.random.pick(node.enum) : undefined;
    switch (this.#typeOf(node)) {
      case "object":
        return fakeObject(node, this);
      case "array":
        return fakeArray(node, this);
      case "integer":
        return fakeNumber(node, this.random, true);
      case "number":
        return fakeNumber(node, this.random, false);
      case "boolean":
        return this.random.chance(0.5);
      case "null":
        return null;
      default:
        return fakeString(node, this.random);
    }
  }

  #typeOf(node: NodeObject): string {
    const types = node.type === undefined ? [] : [node.type].flat();
    if (types.length === 0) return suggestedType(node);
    const simple = types.filter((type) => type !== "object" && type !== "array");
    return this.random.pick(this.isDeep && simple.length > 0 ? simple : types);
  }
}

/** The type that a schema without one is about. */
function suggestedType(node: NodeObject): string {
  if (node.properties || node.required || node.patternProperties || node.additionalProperties || node.minProperties) {
    return "object";
  }
  if (node.items || node.minItems || node.contains) return "array";
  if (node.minimum ?? node.maximum ?? node.multipleOf ?? node.exclusiveMinimum ?? node.exclusiveMaximum)
    return "number";
  return "string";
}

function isDelicate(node: Node): node is NodeObject {
  if (typeof node === "boolean") return false;
  return ["not", "if", "oneOf", "allOf", "pattern", "dependencies", "format"].some((keyword) => keyword in node);
}
